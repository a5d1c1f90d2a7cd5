"""A project comes to lie in its folder at once, or not at all.

All files are written into a hidden folder beside the target, ``.<name>.partial-<random>``, and one
rename makes it the project. A lock file beside it tells a process at work from one that was killed,
whose leavings the next one removes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scaffold.errors import BadRequest, NoPermission, TargetOccupied, TemplateBroken
from scaffold.projects.model import Tree
from scaffold.projects.record import RECORD
from scaffold.projects.refusals import explained

#: Seconds to wait for another process that writes the same project; it takes well under one.
PATIENCE = 10.0

#: How many names of an occupied folder are shown.
SHOWN = 5

_MARK = ".partial"


def write_project(target: Path, tree: Tree) -> None:
    """Make a folder with the tree's files; an empty folder that is there already becomes it.

    Raises `TargetOccupied`, `NoPermission`, `NoSpace`; then, as on Ctrl-C, nothing is left behind.
    """
    folder = target.absolute()
    check_target(folder)
    _check_paths(tree)
    with explained(folder), _alone(folder):
        partial = folder.with_name(f".{folder.name}{_MARK}-{secrets.token_hex(4)}")
        try:
            _fill(partial, tree)
            check_target(folder)  # while this was written, somebody else may have made it
            _take_place(partial, folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def check_target(target: Path) -> None:
    """Refuse a target that cannot become the project's folder; nothing is written.

    Raises `TargetOccupied` where something is there, `NoPermission` where the folder above is closed.
    """
    folder = target.absolute()
    if folder.is_symlink():
        raise TargetOccupied(
            f"{folder} is a symbolic link to {folder.readlink()}",
            hint=_way_out(folder, "go to where it leads"),
        )
    with explained(folder):
        if folder.exists() and not folder.is_dir():
            raise TargetOccupied(f"{folder} is a file", hint=_way_out(folder, "move the file away"))
        names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if names:
        more = [f"and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
        raise TargetOccupied(
            f"{folder} is there already and is not empty; nothing in it was touched",
            detail=(f"it holds {', '.join([*names[:SHOWN], *more])}",),
            hint=_go_on(folder)
            if (folder / RECORD).is_file()
            else _way_out(folder, "move what is in it away"),
        )
    _check_parent(folder)


def leftovers(target: Path) -> tuple[Path, ...]:
    """Hidden folders that a killed process left beside a target."""
    start = f".{target.name}{_MARK}-"
    return tuple(sorted(p for p in target.parent.glob(f".*{_MARK}-*") if p.name.startswith(start)))


def _check_parent(folder: Path) -> None:
    parent = folder.parent
    if not parent.is_dir():
        raise BadRequest(
            f"the folder {parent} does not exist", hint=f'mkdir -p "{parent}"', code="parent-missing"
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise NoPermission(f"this user may not write into {parent}", hint="Go to a folder of your own: cd ~")


def _check_paths(tree: Tree) -> None:
    """A tree may come from anybody's template: none of its paths leads out of the project."""
    for path in tree:
        if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in str(path):
            raise TemplateBroken(f"{str(path)!r} does not lie inside the project")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a target, and clear away what dead holders left."""
    from filelock import FileLock, Timeout

    path = folder.with_name(f".{folder.name}{_MARK}.lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout as problem:
        raise TargetOccupied(
            f"another process is making {folder} just now", detail=(f"it holds {path}",)
        ) from problem
    try:
        for left in leftovers(folder):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes it on release
            path.unlink()
        lock.release()


def _fill(partial: Path, tree: Tree) -> None:
    partial.mkdir()
    folders = {partial}
    for path, content in tree.items():
        file = partial.joinpath(*path.parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        folders.update(partial.joinpath(*above.parts) for above in path.parents if above != PurePosixPath())
        with file.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    for folder in folders:
        _sync(folder)


def _take_place(partial: Path, folder: Path) -> None:
    """The one moment in which the project appears."""
    with contextlib.suppress(FileNotFoundError):
        if os.name == "nt":  # replaces no folder, not even an empty one
            folder.rmdir()
    for wait in (0.05, 0.2, 0.5, 1.0, None):
        try:
            partial.rename(folder)
            break
        except PermissionError:  # a virus scanner is reading what was just written
            if wait is None or os.name != "nt":
                raise
            time.sleep(wait)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Make a folder's entries survive a power cut, where the system can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _go_on(folder: Path) -> str:
    from scaffold.shell import line

    return f"it is a project that scaffold made; finish its environment: {line('cd', folder)} && " + line(
        "scaffold", "env", "create"
    )


def _way_out(folder: Path, alternative: str) -> str:
    return f"Choose another name, or {alternative} first, such as: mv {folder.name} {folder.name}-old"
