"""Folders that are not adopted, each with the reason and with what to do instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scaffold.errors import NoPermission, NotAProject, OptionRefused
from scaffold.projects.discovery.model import Discovered
from scaffold.system import System


def refuse_folder(system: System, root: Path, *, named: bool) -> None:
    """Raise where a folder cannot be meant, before anything in it is read.

    OptionRefused (adopt-no-folder, adopt-whole-disk, adopt-known, adopt-inside, adopt-below-git) or
    NoPermission.
    """
    if not root.is_dir():
        raise OptionRefused(
            f"{root} is no folder",
            hint="name the project's folder: scaffold adopt FOLDER",
            code="adopt-no-folder",
        )
    if root in (Path(root.anchor), system.home):
        what = "the whole disk" if root == Path(root.anchor) else "your home folder"
        raise OptionRefused(
            f"{root} is {what} and no project",
            hint="name the project's folder: scaffold adopt FOLDER",
            code="adopt-whole-disk",
        )
    _refuse_known(root)
    if not named:
        _refuse_below_git(system, root)
    if not os.access(root, os.W_OK | os.X_OK):
        raise NoPermission(
            f"this user may not write into {root}",
            detail=("a record, .run, .idea and the environment would be written there",),
            hint="adopt a copy of your own, or ask whoever owns the folder",
        )


def _refuse_known(root: Path) -> None:
    from scaffold.projects.record import project_root

    try:
        known = project_root(root)
    except NotAProject:
        return
    if known == root:
        raise OptionRefused(
            f"scaffold knows the project in {root} already",
            detail=("it has .scaffold/project.json",),
            hint="its environment: scaffold env create; PyCharm's files: scaffold ide pycharm; "
            "what is wrong: scaffold doctor",
            code="adopt-known",
        )
    raise OptionRefused(
        f"{root} lies in a project that scaffold knows already: {known}",
        hint="a project in another one is none to PyCharm: move it out first",
        code="adopt-inside",
    )


def _refuse_below_git(system: System, root: Path) -> None:
    """Who is somewhere in a repository mostly means the repository."""
    if system.exists(root / ".git"):
        return
    above = next((one for one in root.parents if system.exists(one / ".git")), None)
    if above is not None and above != system.home:
        raise OptionRefused(
            f"{root} is a folder of the git repository {above}: which of the two is the project?",
            hint="the repository: scaffold adopt " + _quoted(above) + "\nthis folder alone: scaffold adopt .",
            code="adopt-below-git",
        )


def _quoted(path: Path) -> str:
    from scaffold.shell import quoted

    return quoted(path)


def refuse_empty(root: Path, found: Discovered) -> None:
    """Raise NotAProject (adopt-no-code) where there is nothing of Python."""
    if not found.scripts and not found.notebooks:
        raise NotAProject(
            f"there is no Python code in {root}",
            detail=(
                "looked for *.py and *.ipynb, six folders deep, less data, environments and hidden folders",
            ),
            hint="cd into the project; or make one: scaffold new cnn-project",
            code="adopt-no-code",
        )


@contextmanager
def without_it() -> Iterator[None]:
    """Where the environment that lies there is refused: a hint for a project that is not known yet."""
    try:
        yield
    except OptionRefused as problem:
        problem.hint = (
            "the rest without it, and then another one in its place: "
            "scaffold adopt --no-env; scaffold env create --replace"
        )
        raise
