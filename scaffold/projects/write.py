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
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scaffold.errors import BadRequest, NoPermission, TargetOccupied, TemplateBroken
from scaffold.files import move, sync_folder
from scaffold.projects.record import RECORD
from scaffold.projects.refusals import explained
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.shell import line

#: Seconds to wait for another process that writes the same project; it takes well under one.
PATIENCE = 10.0

#: How many names of an occupied folder are shown.
SHOWN = 5

_MARK = ".partial"


def write_project(target: Path, files: Snapshot) -> None:
    """Make a folder with these files; an empty folder that is there already becomes it.

    Raises `TargetOccupied`, `NoPermission`, `NoSpace`; then, as on Ctrl-C, nothing is left behind.
    """
    folder = target.absolute()
    check_target(folder)
    check_paths(files)
    with explained(folder), _alone(folder):
        partial = folder.with_name(f".{folder.name}{_MARK}-{secrets.token_hex(4)}")
        try:
            _fill(partial, files)
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
            f"the folder {parent} does not exist", hint=line("mkdir", "-p", parent), code="parent-missing"
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise NoPermission(f"this user may not write into {parent}", hint="Go to a folder of your own: cd ~")


def check_paths(files: Snapshot) -> None:
    """Files may come from anybody's template: no path and no link leads out of the project.

    Raises `TemplateBroken`.
    """
    for path, entry in files.items():
        if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in str(path):
            raise TemplateBroken(f"{str(path)!r} does not lie inside the project")
        if entry.kind == "link" and leads_out(path, entry):
            raise TemplateBroken(f"{str(path)!r} is a link that leads out of the project")


def leads_out(path: PurePosixPath, link: Entry) -> bool:
    """Whether a link of a project leads anywhere else; by its text alone, links on its way not followed.

    >>> leads_out(PurePosixPath("docs/a"), Entry(b"../README.md", kind="link"))
    False
    >>> leads_out(PurePosixPath("docs/a"), Entry(b"../../secret", kind="link"))
    True
    """
    target = PurePosixPath(link.content.decode("utf-8", errors="replace"))
    depth = len(path.parts) - 1
    for part in target.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return target.is_absolute() or "\\" in str(target) or ":" in str(target)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a target, and clear away what dead holders left."""
    from filelock import FileLock, Timeout

    path = folder.with_name(f".{folder.name}{_MARK}.lock")
    lock = FileLock(path)
    path.open("ab").close()  # of a folder that cannot hold a file FileLock says that another holds it
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


def _fill(partial: Path, files: Snapshot) -> None:
    partial.mkdir()
    folders = {partial}
    for path, entry in files.items():
        target = partial.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        folders.update(partial.joinpath(*above.parts) for above in path.parents if above != PurePosixPath())
        put_entry(target, entry)
    for folder in folders:
        sync_folder(folder)


def put_entry(target: Path, entry: Entry) -> None:
    """Write one entry where nothing is, to the disk itself; its folder is there. Raises OSError."""
    if entry.kind == "folder":
        target.mkdir(exist_ok=True)
        return
    if entry.kind == "link":
        target.symlink_to(Path(os.fsdecode(entry.content)) if os.name == "nt" else os.fsdecode(entry.content))
        return
    with target.open("xb") as stream:
        stream.write(entry.content)
        stream.flush()
        os.fsync(stream.fileno())
    if entry.executable:
        mode = target.stat().st_mode
        target.chmod(mode | (mode & 0o444) >> 2)  # for whoever may read it: the user's umask holds


def _take_place(partial: Path, folder: Path) -> None:
    """The one moment in which the project appears."""
    with contextlib.suppress(FileNotFoundError):
        if os.name == "nt":  # replaces no folder, not even an empty one
            folder.rmdir()
    move(partial, folder)
    sync_folder(folder.parent)


def _go_on(folder: Path) -> str:
    return f"it is a project that scaffold made; finish its environment: {line('cd', folder)} && " + line(
        "scaffold", "env", "create"
    )


def _way_out(folder: Path, alternative: str) -> str:
    moved = line("mv", folder.name, f"{folder.name}-old")
    return f"Choose another name, or {alternative} first, such as: {moved}"
