"""A module of another name on the project's own folder: PyCharm makes one where it opens a folder first.

Two modules cannot share a content root, and run configurations name ours; so what the other one says of
roots, dependencies and settings moves into ours, and who named it names ours.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from scaffold.errors import IdeFileBroken
from scaffold.pycharm.documents.source import Document, document_of
from scaffold.pycharm.project.module_rows import ModuleFile, is_folder, manager_of
from scaffold.pycharm.project.rows import Modules, module_attributes

#: Why a module of ours goes that nobody changed.
RENAMED = (
    "the project has another name now; what still names this module is mended by: scaffold ide check --fix"
)

_MODULE_DIR = re.compile(rb"\$MODULE_DIR\$((?:/\.\.)*)")


def twins(
    listed: tuple[str, ...], own: str, existing: Mapping[str, bytes], module: ModuleFile
) -> tuple[str, ...]:
    """The modules' files, of those that ``modules.xml`` lists, that claim the project's own folder, too."""
    return tuple(
        path
        for path in dict.fromkeys(listed)
        if path != own and path in existing and _claims(path, existing[path], module)
    )


def own_module(listed: tuple[str, ...], module: str, files: Mapping[str, bytes]) -> str:
    """The module that bears our name already, wherever its file lies; else where PyCharm would put it."""
    usual = PurePosixPath(f".idea/{module}.iml")
    named = (path for path in listed if PurePosixPath(path).name == usual.name)
    return next((path for path in named if path in files), str(usual))


def _claims(path: str, content: bytes, module: ModuleFile) -> bool:
    try:
        document = document_of(content, module.root / path)
    except IdeFileBroken:  # whose it is cannot be told; `scaffold ide check` names it
        return False
    return _file(module, path).content(document.root) is not None


def moved(path: str, content: bytes, module: ModuleFile) -> Document:
    """The other module's file as one that stands where ours does."""
    there, here = _file(module, path).module_folder, module.module_folder

    def named(found: re.Match[bytes]) -> bytes:
        """The IDE takes ``..`` behind the macro alone, so that what goes up and down again is shortened."""
        way = os.path.relpath(there / found[1].decode().lstrip("/"), here)
        return str(PurePosixPath("$MODULE_DIR$", Path(way).as_posix())).encode()

    if there != here:  # $MODULE_DIR$ means another folder from now on
        content = _MODULE_DIR.sub(named, content)
    return document_of(content, module.root / module.path)


def taken_over(
    document: Document | None,
    taken: tuple[str, ...],
    files: Mapping[str, bytes],
    module: ModuleFile,
    done: list[str],
) -> Document:
    """Our module with what the others say, of which there is at least one; ``done`` gets what was done."""
    for twin in taken:
        other = moved(twin, files[twin], module)
        if document is None:
            document = other
        else:
            fold(other, document.root, module)
        done.append(f"takes over the module {PurePosixPath(twin).stem}")
    assert document is not None
    return document


def fold(other: Document, into: Element, module: ModuleFile) -> None:
    """Take over the roots, dependencies and components of ``other`` that ours has not."""
    ours, theirs = module.read(into), module.read(other.root)
    content = module.content(into)
    for name, mark in theirs.items():
        if name in ours or not is_folder(name):
            continue
        element = _element_of(other.root, module, name)
        if content is None or element is None:
            module.put(into, name, mark)
        else:
            content.append(copy.deepcopy(element))
    manager, present = manager_of(into), {_likeness(one) for one in manager_of(into)}
    for one in manager_of(other.root):
        mine = one.tag == "content" and module.folder(one.get("url", "")) == "."
        sdk = one.get("type") in {"jdk", "inheritedJdk"}
        if not mine and not sdk and _likeness(one) not in present:
            manager.append(copy.deepcopy(one))
    names = {component.get("name") for component in into.findall("component")}
    into.extend(copy.deepcopy(c) for c in other.root.findall("component") if c.get("name") not in names)


def list_ours(modules: Modules, document: Element, own: str, taken: tuple[str, ...]) -> list[str]:
    """Ours stands where a module stood that it took over; others of its name lead to no file.

    Changes ``modules.xml`` and says what was done.
    """
    done: list[str] = []
    listed = [modules.path_of(entry) for entry in modules.entries(document)]
    name, ours = PurePosixPath(own).name, listed.count(own)
    for path, entry in zip(listed, modules.entries(document), strict=True):
        if path in taken and not ours:
            entry.attrib.update(module_attributes(own))
            ours = 1
            done.append(f"{path}: became {own}")
        elif path == own and ours > 1:
            modules.remove(document, entry)
            ours -= 1
        elif path in taken or (PurePosixPath(path).name == name and path != own):
            modules.remove(document, entry)
            done.append(f"{path}: no longer a module")
    return done


def names_modules(path: str) -> bool:
    """Whether a file may name modules, as an ``.iml`` and a run configuration do."""
    in_runs = path.endswith(".xml") and PurePosixPath(path).parent.name == "runConfigurations"
    return path.endswith(".iml") or in_runs


def renamed(path: str, content: bytes, old: frozenset[str], new: str, root: Path) -> bytes:
    """A file that names modules, with ``new`` in place of each of ``old``; as it was where it names none."""
    try:
        document = document_of(content, root / path)
    except IdeFileBroken:  # nobody can tell what it names
        return content
    for element, attribute in _module_names(document.root):
        if element.get(attribute) in old:
            element.set(attribute, new)
    return document.to_bytes()


def _module_names(document: Element) -> Iterator[tuple[Element, str]]:
    """Where an ``.iml`` and a run configuration name modules: (element, attribute)."""
    for order in document.iter("orderEntry"):
        yield order, "module-name"
    if document.tag == "component":
        for module in document.findall("./configuration/module"):
            yield module, "name"


def _file(like: ModuleFile, path: str) -> ModuleFile:
    return ModuleFile(root=like.root, path=path, home=like.home)


def _element_of(document: Element, module: ModuleFile, name: str) -> Element | None:
    content = module.content(document)
    for element in () if content is None else content:
        if name == f"folder {module.folder(element.get('url', ''))}":
            return element
    return None


def _likeness(element: Element) -> tuple[str, tuple[tuple[str, str], ...]]:
    return element.tag, tuple(sorted(element.attrib.items()))
