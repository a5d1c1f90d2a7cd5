"""Look at a whole project once; nothing here judges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import IdeFileBroken
from scaffold.files import read_regular
from scaffold.pycharm.documents.conflict import conflict_line
from scaffold.pycharm.model import Module
from scaffold.pycharm.reading.project_files import declared_name, read_module
from scaffold.pycharm.survey.files import ide_files, iml_path, modules_named, read_file, there
from scaffold.pycharm.survey.folders import folders
from scaffold.pycharm.survey.git import view
from scaffold.pycharm.survey.model import GitView, IdeFacts, IdeFile, IdeModule, Run
from scaffold.pycharm.survey.paths import cured_values
from scaffold.pycharm.survey.runs import is_elsewhere, runs, with_lacks

if TYPE_CHECKING:
    from scaffold.system import System


def survey(root: Path, system: System) -> IdeFacts:
    """What the IDE's files say of the project in ``root``, and what is there; never raises."""
    git = view(root, system)
    files = ide_files(root, git)
    modules, files = _modules(root, files, git, system)
    known = [one.module for one in modules if one.module is not None]
    name, found = declared_name(root, system), runs(root, files)
    # on another machine the project's folder may have been called as its module there
    names = {name, *(run.configuration.module or "" for run in found if run.file.shared)}
    ignores, changeable = _ignores(root)
    return IdeFacts(
        root=root,
        home=system.home,
        name=name,
        ours=system.exists(root / ".scaffold" / "project.json"),
        git=git,
        files=files,
        modules=tuple(modules),
        runs=with_lacks(found, root, system.home, known),
        folders=folders(root),
        packages=tuple(_packages(root, system)),
        pytest=_has_pytest(root, system),
        ignores=ignores,
        ignores_changeable=changeable,
        portable=cured_values(root, names, files, [one for one in found if _is_local(one)]),
    )


def _ignores(root: Path) -> tuple[bytes | None, bool]:
    """The project's .gitignore, and whether lines may be written behind what it has."""
    path = root / ".gitignore"
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return None, not path.is_symlink()
    except OSError:
        return None, False
    return content, not path.is_symlink() and b"\0" not in content and not conflict_line(content)


def _modules(
    root: Path, files: Sequence[IdeFile], git: GitView, system: System
) -> tuple[list[IdeModule], tuple[IdeFile, ...]]:
    """The modules that modules.xml names; an .iml that lies deeper in the project joins the files."""
    by_path = {file.path: file for file in files}
    found = list[IdeModule]()
    for written, place in modules_named(by_path.get(".idea/modules.xml")):
        name = iml_path(written, root, system.home)
        path = root / name
        if name not in by_path and path.suffix == ".iml" and there(path, Path.is_file):
            by_path[name] = read_file(root, name, git)
        file = by_path.get(name)
        found.append(
            IdeModule(path=name, place=place, file=file, module=_module(path, root, file, files, system))
        )
    return found, tuple(by_path[name] for name in sorted(by_path))


def _module(
    path: Path, root: Path, file: IdeFile | None, files: Sequence[IdeFile], system: System
) -> Module | None:
    if file is None or file.document is None:
        return None
    misc = next((one for one in files if one.path == ".idea/misc.xml"), None)
    manager = misc.component("ProjectRootManager") if misc else None
    sdk = manager.get("project-jdk-name", "") if manager is not None else ""
    try:
        return read_module(path, root, sdk, system)
    except IdeFileBroken:  # it changed between the two readings
        return None


def _is_local(run: Run) -> bool:
    return run.file.shared and not run.template and not is_elsewhere(run)


#: The project's own code imports from ``src`` itself: then src is a package, and its folder no source root.
_FROM_SRC = re.compile(r"^\s*(?:from|import)\s+src\b", re.MULTILINE)
_READ = 60  # files; the first ones tell


def _packages(root: Path, system: System) -> Iterator[str]:
    """Packages that are imported by their own name from below ``src``."""
    names = [name for name in system.list_folder(root / "src") if _is_package(root / "src" / name, system)]
    files = [root / name for name in system.list_folder(root)]
    files += [
        root / "src" / name / file for name in names for file in system.list_folder(root / "src" / name)
    ]
    code = [path for path in files if path.suffix == ".py"][:_READ]
    if _is_package(root / "src", system) or any(
        _FROM_SRC.search(system.read_text(one) or "") for one in code
    ):
        return
    yield from names


def _is_package(folder: Path, system: System) -> bool:
    return system.exists(folder / "__init__.py")


def _has_pytest(root: Path, system: System) -> bool:
    """Something that only pytest reads is there."""
    if any(system.exists(root / name) for name in ("pytest.ini", "conftest.py", "tests/conftest.py")):
        return True
    return "[tool.pytest" in (system.read_text(root / "pyproject.toml") or "")
