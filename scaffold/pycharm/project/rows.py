"""What a file below ``.idea`` says, as rows: a name and a value each.

The same reader serves what we want, what is there, and what we wrote last time, so that `three_way.merge`
can tell who changed what. Elements that are no row of ours are neither read nor touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement

from scaffold.pycharm.reading.macros import Macros

#: The row of the interpreter's name, in ``.iml`` and ``misc.xml``.
INTERPRETER = "interpreter"

#: What the rows begin with that say how a folder is marked.
FOLDER = "folder "

#: The row of an interpreter that is none of Python's: a JDK, in a project of several languages.
OTHER_SDK = "interpreter of another language"

#: What the Python plugin calls its interpreters.
SDK_TYPE = "Python SDK"


class Rows(Protocol):
    """How the rows of one kind of file are read and changed in its root element."""

    @property
    def tag(self) -> str:
        """The name of the root element; a file with another one is not of this kind."""

    def read(self, document: Element) -> dict[str, str]:
        """Every row that is there."""

    def put(self, document: Element, name: str, value: str) -> None:
        """Add a row, or give the one that is there another value."""

    def take(self, document: Element, name: str) -> None:
        """Take a row away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Files that hold nothing but options: ``PySciProjectComponent/PY_SCI_VIEW_SUGGESTED`` -> ``true``."""

    tag: str = "project"

    def read(self, document: Element) -> dict[str, str]:
        return dict(_options(document))

    def put(self, document: Element, name: str, value: str) -> None:
        _put_option(document, name, value)

    def take(self, document: Element, name: str) -> None:
        _take_option(document, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """``vcs.xml``: a folder -> the version control it is under."""

    tag: str = "project"

    def read(self, document: Element) -> dict[str, str]:
        return {_folder_of(mapping): mapping.get("vcs", "") for mapping in self._mappings(document)}

    def put(self, document: Element, name: str, value: str) -> None:
        component = component_of(document, "VcsDirectoryMappings")
        for mapping in self._mappings(document):
            if _folder_of(mapping) == name:
                mapping.set("vcs", value)
                return
        SubElement(component, "mapping", directory=name, vcs=value)

    def take(self, document: Element, name: str) -> None:
        component = component_of(document, "VcsDirectoryMappings")
        for mapping in self._mappings(document):
            if _folder_of(mapping) == name:
                component.remove(mapping)

    def _mappings(self, document: Element) -> list[Element]:
        return document.findall("./component[@name='VcsDirectoryMappings']/mapping")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectInterpreter:
    """``misc.xml``: the project's interpreter, by name."""

    tag: str = "project"

    def read(self, document: Element) -> dict[str, str]:
        for manager in document.findall("./component[@name='ProjectRootManager']"):
            return interpreter_row(manager.get("project-jdk-name"), manager.get("project-jdk-type"))
        return {}

    def put(self, document: Element, name: str, value: str) -> None:
        assert name == INTERPRETER
        manager = component_of(document, "ProjectRootManager")
        manager.attrib.setdefault("version", "2")
        manager.set("project-jdk-name", value)
        manager.set("project-jdk-type", SDK_TYPE)

    def take(self, document: Element, name: str) -> None:
        assert name == INTERPRETER
        for manager in document.findall("./component[@name='ProjectRootManager']"):
            manager.attrib.pop("project-jdk-name", None)
            manager.attrib.pop("project-jdk-type", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """``modules.xml``: each module's ``.iml``, below the project where it lies there -> ``module``."""

    root: Path
    home: Path | None = None
    tag: str = "project"

    def read(self, document: Element) -> dict[str, str]:
        return {self.path_of(entry): "module" for entry in self.entries(document)}

    def put(self, document: Element, name: str, value: str) -> None:
        if name in self.read(document):
            return  # there is one value only
        manager = component_of(document, "ProjectModuleManager")
        modules = manager.find("modules")
        if modules is None:
            modules = SubElement(manager, "modules")
        SubElement(modules, value, module_attributes(name))

    def take(self, document: Element, name: str) -> None:
        for entry in self.entries(document):
            if self.path_of(entry) == name:
                self.remove(document, entry)

    def remove(self, document: Element, entry: Element) -> None:
        """Take one entry away, whatever else bears its name."""
        for modules in document.findall("./component[@name='ProjectModuleManager']/modules"):
            if entry in list(modules):
                modules.remove(entry)

    def entries(self, document: Element) -> list[Element]:
        """The modules, in the file's order."""
        return document.findall("./component[@name='ProjectModuleManager']/modules/module")

    def path_of(self, entry: Element) -> str:
        """Where a module's file lies: ``.idea/cnn-project.iml``; absolute where it is not in the project."""
        stated = entry.get("filepath") or entry.get("fileurl", "").removeprefix("file://")
        path = Path(Macros(project=self.root, home=self.home).paths(stated))
        return below(self.root, path) or path.as_posix()


def module_attributes(path: str) -> dict[str, str]:
    """What an entry of ``modules.xml`` says of ``.idea/cnn-project.iml``."""
    stated = path if Path(path).is_absolute() else f"$PROJECT_DIR$/{path}"
    return {"fileurl": f"file://{stated}", "filepath": stated}


def interpreter_row(name: str | None, kind: str | None) -> dict[str, str]:
    """The row of an interpreter's name and type; none where there is no name."""
    if not name:
        return {}
    return {INTERPRETER if kind in {SDK_TYPE, None} else OTHER_SDK: name}


def component_of(document: Element, name: str) -> Element:
    """The component of that name; made, in the order of the alphabet as the IDE does, where there is none."""
    components = document.findall("component")
    for component in components:
        if component.get("name") == name:
            return component
    before = [one for one in components if one.get("name", "") < name]
    made = Element("component", name=name)
    document.insert(list(document).index(before[-1]) + 1 if before else 0, made)
    return made


def below(root: Path, path: Path) -> str:
    """A path below ``root`` with ``/``, ``.`` for the root itself; "" where it lies elsewhere.

    >>> below(Path("/home/ada/cnn"), Path("/home/ada/cnn/.idea/../data"))
    'data'
    """
    plain = Path(os.path.normpath(path))
    if plain.is_relative_to(root):
        return plain.relative_to(root).as_posix()
    real = root.resolve()  # an absolute path in a file may be that of the folder that a link leads to
    return plain.relative_to(real).as_posix() if plain.is_relative_to(real) else ""


def _options(document: Element) -> Iterator[tuple[str, str]]:
    for component in document.findall("component"):
        for option in component.findall("option"):
            yield f"{component.get('name')}/{option.get('name')}", option.get("value", "")


def _put_option(document: Element, name: str, value: str) -> None:
    component_name, _, option_name = name.rpartition("/")
    component = component_of(document, component_name)
    for option in component.findall("option"):
        if option.get("name") == option_name:
            option.set("value", value)
            return
    SubElement(component, "option", name=option_name, value=value)


def _take_option(document: Element, name: str) -> None:
    component_name, _, option_name = name.rpartition("/")
    for component in document.findall("component"):
        for option in component.findall("option"):
            if (component.get("name"), option.get("name")) == (component_name, option_name):
                component.remove(option)


def _folder_of(mapping: Element) -> str:
    return mapping.get("directory") or "$PROJECT_DIR$"  # older versions leave it empty
