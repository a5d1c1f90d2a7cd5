"""Remove folders so that no moment shows half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaffold.environments import layout
from scaffold.errors import EnvironmentBusy, EnvironmentOccupied, ScaffoldError
from scaffold.files import not_written

#: A mount point cannot be renamed, nor can a folder of a container image's lower layer.
_FIXED = (errno.EBUSY, errno.EXDEV)

_DENIED, _SHARING_VIOLATION = 5, 32  # Windows: a program has the folder, or a file in it, open


#: What `importlib` writes by path, wherever it finds a place; with digits until it has its name.
_BYTE_CODE = re.compile(r".+\.pyc(\.\d+)?")

#: How often something may come in the way again: each time takes microseconds, and a writer milliseconds.
_TRIES = 100


def is_bare(folder: Path) -> bool:
    """Whether the folder holds nothing that anybody could miss: folders and byte code, or nothing at all.

    A program that still runs in an environment leaves that where the environment was put away.
    """

    def unreadable(problem: OSError) -> None:
        if not isinstance(problem, FileNotFoundError):  # gone while we look
            raise problem

    try:
        for path, folders, files in os.walk(folder, onerror=unreadable):
            links = any(Path(path, name).is_symlink() for name in folders)
            if links or not all(_BYTE_CODE.fullmatch(name) for name in files):
                return False
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink()


def bring_back(root: Path, waiting: Path, location: Path, may_go: Callable[[Path], bool]) -> tuple[Path, ...]:
    """Rename ``waiting`` to ``location``; where what lay there lies now, for `remove_tree`.

    A program that still runs in what lay there may write byte code by path, so that the folder is there
    again between two of our steps: then it is put away again, as long as it ``may_go``. Raises OSError, and
    what `not_moved` makes of the system's refusal.
    """
    away: list[Path | None] = []
    for _ in range(_TRIES):
        if may_go(location):
            away.append(put_away(root, location))
        try:
            waiting.rename(location)
            break
        except OSError:
            if not is_bare(location):  # the reason is another one, or somebody's work is in the way
                raise
    else:
        waiting.rename(location)
    return tuple(one for one in away if one is not None)


def discard_tree(root: Path, folder: Path) -> None:
    """Remove a folder: rename it, then delete it. A mount point is emptied in its place.

    Raises what `not_moved` makes of the system's refusal.
    """
    remove_tree(put_away(root, folder))


def put_away(root: Path, folder: Path) -> Path | None:
    """The first half of `discard_tree`: the folder is gone from its place; where it lies now."""
    if folder.is_symlink():
        folder.unlink()
        return None
    if not folder.exists():
        return None
    away = root / layout.STATE_FOLDER / f"discarded-{uuid.uuid4().hex[:8]}"
    try:
        folder.rename(away)
    except OSError as refusal:
        if refusal.errno not in _FIXED:
            raise not_moved(folder, refusal) from refusal
        _empty(folder)
        return None
    return away


def remove_tree(folder: Path | None) -> None:
    """Delete what was put away. What resists goes with a later run."""
    if folder is not None:
        _delete(folder)


def clear_discarded(root: Path) -> None:
    """Delete what earlier runs put away and did not get to delete."""
    for found in (root / layout.STATE_FOLDER).glob("discarded-*"):
        _delete(found)


def not_moved(folder: Path, refusal: OSError) -> ScaffoldError:
    """The system does not let us move an environment: why, and what to do."""
    said = (refusal.strerror or str(refusal),)
    if getattr(refusal, "winerror", None) in (_DENIED, _SHARING_VIOLATION):
        return EnvironmentBusy(
            f"{folder} is in use",
            detail=said,
            hint="end programs that run in it (a training, TensorBoard, a Python console of PyCharm, "
            "a terminal where it is active), then run the same command again",
            code="environment-in-use",
        )
    if refusal.errno in _FIXED:
        return EnvironmentOccupied(
            f"{folder} cannot be put aside: it is a mount point, or part of a container's image",
            detail=said,
            hint="empty it, then run the same command again",
            code="environment-fixed",
        )
    return not_written(folder, refusal)


def _empty(folder: Path) -> None:
    """All but the folder itself, and the mark last: a death on the way leaves what counts as unfinished."""
    for entry in folder.iterdir():
        if entry.name == layout.UNFINISHED_MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            _delete(entry)
        else:
            entry.unlink()
    (folder / layout.UNFINISHED_MARK).unlink(missing_ok=True)


def _delete(folder: Path) -> None:
    """Write-protected folders (POSIX) and files (Windows) are no obstacle; what resists is left for later."""
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=_insist)
    else:
        shutil.rmtree(folder, onerror=_insist)
    shutil.rmtree(folder, ignore_errors=True)  # what could not be listed before


def _insist(function: Callable[..., Any], path: str, _: object) -> None:
    """Once more, with permission. Never through a link: what it leads to is not ours."""
    protected = [Path(path).parent, *([Path(path)] if os.name == "nt" or Path(path).is_dir() else [])]
    with contextlib.suppress(OSError):
        for one in protected:
            if not one.is_symlink():
                one.chmod(stat.S_IMODE(one.stat().st_mode) | stat.S_IRWXU)
        if function in (os.unlink, os.rmdir):
            function(path)
