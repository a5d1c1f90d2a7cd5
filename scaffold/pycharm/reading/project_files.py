"""What ``.idea`` says of a project: its modules, their roots, the names of interpreters."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import toml
from scaffold.errors import NotAProject
from scaffold.files import absolute, nearest
from scaffold.pycharm.documents.source import read
from scaffold.pycharm.model import Module, ProjectFiles
from scaffold.pycharm.reading.macros import Macros

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scaffold.system import System

#: One of these makes a folder a project. A bare ``.idea`` does not: the home folder may hold one.
_MARKS = (".scaffold/project.json", ".run", ".idea/runConfigurations", ".idea/modules.xml")

#: Source folders that Python does not import from.
_NOT_CODE = {"java-resource", "java-test-resource"}


def find_root(folder: Path, system: System) -> Path:
    """The project around a folder: the nearest one, itself included, that holds a project's files.

    Raises NotAProject.
    """
    found = nearest(folder, lambda one: any(system.exists(one / mark) for mark in _MARKS))
    if found is not None:
        return found
    raise NotAProject(
        f"There is no project in {absolute(folder)} or above it",
        detail=(f"looked for {', '.join(_MARKS)}",),
        hint="Go into a project's folder, or make one:  scaffold new cnn-project",
    )


def read_project(root: Path, system: System) -> ProjectFiles:
    """Read ``.idea``; without one, what PyCharm itself would make of the folder.

    Raises IdeFileBroken for a file that is not XML.
    """
    modules_file = root / ".idea" / "modules.xml"
    if not system.exists(modules_file):
        return ProjectFiles(root=root, modules=(_assumed(root, system),))
    sdk, modules, problems = _project_sdk(root, system), [], []
    macros = Macros(project=root, home=system.home)
    for entry in read(modules_file).iter("module"):
        path = Path(macros.paths(entry.get("filepath", "")))
        if path.suffix == ".iml" and system.exists(path):
            modules.append(read_module(path, root, sdk, system))
        else:
            problems.append(f"{modules_file} names a file that is not there: {path}")
    if not modules:
        modules, problems = [_assumed(root, system)], [*problems, f"{modules_file} names no module"]
    return ProjectFiles(root=root, modules=tuple(modules), sdk=sdk, problems=tuple(problems))


def _project_sdk(root: Path, system: System) -> str:
    path = root / ".idea" / "misc.xml"
    if not system.exists(path):
        return ""
    managers = (c for c in read(path).iter("component") if c.get("name") == "ProjectRootManager")
    return next((manager.get("project-jdk-name", "") for manager in managers), "")


def read_module(path: Path, root: Path, project_sdk: str, system: System) -> Module:
    """One ``.iml``; ``project_sdk`` is what it inherits. Raises IdeFileBroken."""
    document = read(path)
    folder = path.parent.parent if path.parent.name == ".idea" else path.parent
    macros = Macros(project=root, module=folder, home=system.home)
    orders = list(document.iter("orderEntry"))
    return Module(
        name=path.stem,
        content=_roots(document, "content", macros),
        sources=_roots(document, "sourceFolder", macros),
        excluded=_roots(document, "excludeFolder", macros),
        sdk=_module_sdk(orders, project_sdk),
        dependencies=tuple(o.get("module-name", "") for o in orders if o.get("type") == "module"),
    )


def _module_sdk(orders: list[Element], project_sdk: str) -> str:
    for order in orders:
        if order.get("type") == "jdk":
            return order.get("jdkName", "")
        if order.get("type") == "inheritedJdk":
            return project_sdk
    return ""


def _roots(document: Element, tag: str, macros: Macros) -> tuple[Path, ...]:
    urls = (e.get("url", "") for e in document.iter(tag) if e.get("type") not in _NOT_CODE)
    paths = (macros.paths(url).removeprefix("file://") for url in urls if url.startswith("file://"))
    return tuple(Path(os.path.normpath(path)) for path in paths)


def _assumed(root: Path, system: System) -> Module:
    """The module that PyCharm makes by itself: one, on the root, with ``src`` as its source root."""
    source = root / "src"
    return Module(
        name=declared_name(root, system) or root.name,
        content=(root,),
        sources=(source,) if system.exists(source) else (),
    )


def declared_name(root: Path, system: System) -> str:
    """[project].name of pyproject.toml: PyCharm 2026 names the module so."""
    try:
        project = toml.loads(system.read_text(root / "pyproject.toml") or "").get("project")
    except toml.TOMLDecodeError:
        return ""
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) else ""
