"""The rows of a module's file (``.iml``): folders and their marks, interpreter, dependencies, test runner."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from scaffold.pycharm.project.rows import FOLDER, INTERPRETER, SDK_TYPE, below, component_of, interpreter_row
from scaffold.pycharm.reading.macros import Macros

#: How a folder can be marked -> the element that does so.
_ELEMENTS = {
    "source": ("sourceFolder", {"isTestSource": "false"}),
    "test": ("sourceFolder", {"isTestSource": "true"}),
    "excluded": ("excludeFolder", {}),
}
_RUNNER, _RUNNER_COMPONENT, _RUNNER_OPTION = "test runner", "TestRunnerService", "PROJECT_TEST_RUNNER"
_DEPENDENCY, _SOURCES = "depends on ", "own sources"


def is_folder(name: str) -> bool:
    """Whether a row says how a folder is marked."""
    return name.startswith(FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFile:
    """``folder data`` -> ``excluded``, ``interpreter`` -> its name, ``depends on cnn-project`` -> ``module``.

    Folders are those of the content root that is the project's own folder; other content is left alone.
    """

    root: Path
    path: str  # of the .iml, below root
    home: Path | None = None
    tag: str = "module"

    @property
    def module_folder(self) -> Path:
        """``$MODULE_DIR$``: for a file in ``.idea`` the folder around it."""
        folder = (self.root / self.path).parent
        return folder.parent if folder.name == ".idea" else folder

    def read(self, document: Element) -> dict[str, str]:
        """Every row that is there."""
        rows: dict[str, str] = {}
        content = self.content(document)
        for element in () if content is None else content:
            if folder := self.folder(element.get("url", "")):
                rows[FOLDER + folder] = _mark(element)
        for order in document.iter("orderEntry"):
            rows.update(_order(order))
        for option in _runners(document):
            rows.setdefault(_RUNNER, option.get("value", ""))
        return rows

    def put(self, document: Element, name: str, value: str) -> None:
        """Add a row, or give the one that is there another value."""
        if is_folder(name):
            self.take(document, name)
            self._mark(document, name.removeprefix(FOLDER), value)
        elif name == INTERPRETER:
            _put_interpreter(document, {"type": "jdk", "jdkName": value, "jdkType": SDK_TYPE})
        elif name == _RUNNER:
            for option in _runners(document):
                option.set("value", value)
                return
            component = component_of(document, _RUNNER_COMPONENT)
            component.append(Element("option", name=_RUNNER_OPTION, value=value))
        elif name in self.read(document):
            return  # dependencies have one value each
        elif name == _SOURCES:
            manager_of(document).append(Element("orderEntry", type="sourceFolder", forTests="false"))
        else:
            depends = {"type": "module", "module-name": name.removeprefix(_DEPENDENCY)}
            manager_of(document).append(Element("orderEntry", depends))

    def take(self, document: Element, name: str) -> None:
        """Take a row away; of the interpreter, the project's one takes its place."""
        if name == INTERPRETER:
            _put_interpreter(document, {"type": "inheritedJdk"})
        elif is_folder(name):
            content = self.content(document)
            for element in list(content) if content is not None else []:
                if content is not None and FOLDER + self.folder(element.get("url", "")) == name:
                    content.remove(element)
        elif name == _RUNNER:
            _take_runner(document)
        else:
            manager = manager_of(document)
            for order in manager.findall("orderEntry"):
                if name in _order(order):
                    manager.remove(order)

    def content(self, document: Element) -> Element | None:
        """The content root that is the project's own folder."""
        contents = document.findall("./component[@name='NewModuleRootManager']/content")
        return next((one for one in contents if self.folder(one.get("url", "")) == "."), None)

    def folder(self, url: str) -> str:
        """Where a URL of this file leads, below the project's folder; "" where it leads elsewhere."""
        if not url.startswith("file://"):
            return ""
        return below(self.root, Path(self._macros.paths(url.removeprefix("file://"))))

    def url(self, folder: str) -> str:
        """How this file names a folder of the project."""
        way = Path(os.path.relpath(self.root / folder, self.module_folder)).as_posix()
        return f"file://{PurePosixPath('$MODULE_DIR$', way)}"

    @property
    def _macros(self) -> Macros:
        return Macros(project=self.root, module=self.module_folder, home=self.home)

    def _mark(self, document: Element, folder: str, mark: str) -> None:
        content = self.content(document)
        if content is None:
            content = Element("content", url=self.url("."))
            manager_of(document).insert(0, content)
        tag, more = _ELEMENTS[mark]
        content.insert(_place(content, tag), Element(tag, {"url": self.url(folder), **more}))


def manager_of(document: Element) -> Element:
    """The component that holds a module's roots and dependencies."""
    return component_of(document, "NewModuleRootManager")


def _place(content: Element, tag: str) -> int:
    """Behind the last of its kind; sources stand before excluded folders, and those before patterns."""
    order = ("sourceFolder", "excludeFolder")
    before = order[: order.index(tag) + 1]
    return max((index + 1 for index, one in enumerate(content) if one.tag in before), default=0)


def _mark(element: Element) -> str:
    if element.tag == "excludeFolder":
        return "excluded"
    if element.get("type"):
        return element.get("type", "")  # java-resource: PyCharm's resource and template folders
    return "test" if element.get("isTestSource") == "true" else "source"


def _runners(document: Element) -> list[Element]:
    """Where the test runner is said; what else the component says is not ours."""
    return document.findall(f"./component[@name='{_RUNNER_COMPONENT}']/option[@name='{_RUNNER_OPTION}']")


def _take_runner(document: Element) -> None:
    for component in document.findall(f"./component[@name='{_RUNNER_COMPONENT}']"):
        for option in [one for one in _runners(document) if one in list(component)]:
            component.remove(option)
        if not len(component):
            document.remove(component)


def _order(order: Element) -> dict[str, str]:
    kind = order.get("type")
    if kind == "jdk":
        return interpreter_row(order.get("jdkName"), order.get("jdkType"))
    if kind == "module":
        return {_DEPENDENCY + order.get("module-name", ""): "module"}
    return {_SOURCES: "sourceFolder"} if kind == "sourceFolder" else {}


def _put_interpreter(document: Element, attributes: dict[str, str]) -> None:
    manager = manager_of(document)
    for order in manager.findall("orderEntry"):
        if order.get("type") in {"jdk", "inheritedJdk"}:
            if order.get("type") != attributes["type"]:
                order.attrib.clear()
            order.attrib.update(attributes)
            return
    orders = [index for index, one in enumerate(manager) if one.tag == "orderEntry"]
    manager.insert(orders[0] if orders else len(manager), Element("orderEntry", attributes))
