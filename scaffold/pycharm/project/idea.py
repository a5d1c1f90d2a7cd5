"""``.idea``: what PyCharm knows of a project on this machine. It is made anew on each, never committed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement

from scaffold.errors import TargetOccupied
from scaffold.projects.folders import ALWAYS_EXCLUDED
from scaffold.projects.model import Tree
from scaffold.pycharm.documents.writing import to_bytes
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project.further import further_files, further_module
from scaffold.pycharm.project.module_rows import ModuleFile
from scaffold.pycharm.project.rows import Modules, ProjectInterpreter, Repositories, Rows, Settings
from scaffold.pycharm.project.run_configurations import identity

FOLDER = PurePosixPath(".idea")

#: What PyCharm itself keeps out of git where ``.idea`` is committed; and our record, which is this machine's.
_PERSONAL = b"/shelf/\n/workspace.xml\n/scaffold.json\n"


def idea_files(project: IdeProject, *, git: bool = False, committed: bool = False) -> Tree:
    """Every file below ``.idea``, as it is where none is there: the project opens without a question.

    ``git``: the root is a git repository (PyCharm complains of a mapping to one that is not there).
    ``committed``: git tracks files below ``.idea``.
    """
    documents = {"modules.xml": _modules(project), f"{project.module}.iml": _module(project)}
    for name, (document, _) in _KINDS.items():
        if name not in documents and (git or name != _GIT):
            documents[name] = document(project)
    files = {FOLDER / name: to_bytes(document) for name, document in documents.items()}
    ignored = _PERSONAL if committed else b"*\n"
    return {**files, **further_files(project), FOLDER / ".gitignore": ignored}


def rows_of(path: str, *, root: Path, home: Path | None = None) -> Rows | None:
    """How the rows of one of these files are read and changed; None for one that we only make whole."""
    one = PurePosixPath(path)
    if one.suffix == ".iml":
        return ModuleFile(root=root, path=path, home=home)
    if one.parent != FOLDER or one.name not in _KINDS:
        return None
    rows = _KINDS[one.name][1]
    return None if rows is None else rows(root, home)


def _project(*components: Element) -> Element:
    document = Element("project", version="4")
    document.extend(components)
    return document


def _component(name: str, options: Mapping[str, str] | None = None) -> Element:
    component = Element("component", name=name)
    for option, value in (options or {}).items():
        SubElement(component, "option", name=option, value=value)
    return component


def _settings(name: str, **options: str) -> Element:
    return _project(_component(name, options))


def _modules(project: IdeProject) -> Element:
    manager = _component("ProjectModuleManager")
    modules = SubElement(manager, "modules")
    names = (project.module, *(further_module(project, one) for one in project.further))
    for path in (f"$PROJECT_DIR$/.idea/{name}.iml" for name in names):
        SubElement(modules, "module", fileurl=f"file://{path}", filepath=path)
    return _project(manager)


def _module(project: IdeProject) -> Element:
    document = Element("module", type="PYTHON_MODULE", version="4")
    roots = SubElement(document, "component", name="NewModuleRootManager")
    # one content root only: PyCharm 2026 adopts the module by it
    content = SubElement(roots, "content", url="file://$MODULE_DIR$")
    for folders, is_test in ((project.sources, "false"), (project.tests, "true")):
        for folder in folders:
            SubElement(content, "sourceFolder", url=_below_module(folder), isTestSource=is_test)
    for folder in sorted({*ALWAYS_EXCLUDED, *project.excluded}):
        SubElement(content, "excludeFolder", url=_below_module(folder))
    if project.sdk:
        SubElement(roots, "orderEntry", type="jdk", jdkName=project.sdk, jdkType="Python SDK")
    else:
        SubElement(roots, "orderEntry", type="inheritedJdk")
    SubElement(roots, "orderEntry", type="sourceFolder", forTests="false")
    document.append(_component("TestRunnerService", {"PROJECT_TEST_RUNNER": "py.test"}))
    return document


def _below_module(folder: str) -> str:
    return f"file://$MODULE_DIR$/{folder}"


def _misc(project: IdeProject) -> Element:
    manager = _component("ProjectRootManager")
    manager.set("version", "2")
    if project.sdk:
        manager.set("project-jdk-name", project.sdk)
        manager.set("project-jdk-type", "Python SDK")
    return _project(manager)


def _workspace(project: IdeProject) -> Element:
    """Seeds: questions answered beforehand, and the run configuration that ▶ starts at first."""
    properties = _component("PropertiesComponent")
    properties.text = json.dumps(
        {
            "keyToString": {
                "SHARE_PROJECT_CONFIGURATION_FILES": "true",
                "ignore.virus.scanning.warn.message": "true",
            }
        },
        indent=2,
    )
    document = _project(properties)
    chosen = next((run for run in project.runs if run.default), None) or next(iter(project.runs), None)
    if chosen is not None:
        manager = _component("RunManager")
        manager.set("selected", identity(chosen))
        document.append(manager)
    return document


def _version_control(_: IdeProject) -> Element:
    mappings = _component("VcsDirectoryMappings")
    SubElement(mappings, "mapping", directory="$PROJECT_DIR$", vcs="Git")
    return _project(mappings)


_GIT = "vcs.xml"

#: What is laid into a file that is there already: its name -> how it is made, and how its rows are read.
_KINDS: Mapping[str, tuple[Callable[[IdeProject], Element], Callable[[Path, Path | None], Rows] | None]] = {
    "modules.xml": (_modules, lambda root, home: Modules(root=root, home=home)),
    "misc.xml": (_misc, lambda *_: ProjectInterpreter()),
    "workspace.xml": (_workspace, None),  # PyCharm's own once it is there
    # "pyproject.toml workspace detected": our module is already what it would make of it
    "pyProjectModel.xml": (
        lambda _: _settings("PyProjectModelSettings", showConfigurationNotification="false"),
        lambda *_: Settings(),
    ),
    # the proposal to switch to scientific mode, which comes up as soon as numpy is installed
    "other.xml": (
        lambda _: _settings("PySciProjectComponent", PY_SCI_VIEW_SUGGESTED="true"),
        lambda *_: Settings(),
    ),
    _GIT: (_version_control, lambda *_: Repositories()),
}


def refuse_foreign_folder(root: Path) -> None:
    """Raise TargetOccupied where ``.idea`` is a file or a link: nothing is written through it."""
    folder = root / FOLDER
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        what = f"a link to {folder.readlink()}" if folder.is_symlink() else "a file"
        raise TargetOccupied(
            f"{folder} is {what} and no ordinary folder, so nothing was written there",
            hint=f"Move {folder} away and try again",
        )
