"""What an operating system answers when it does not let us write, as an error that a user can act on."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import BadRequest, NoPermission, NoSpace, ScaffoldError, TargetOccupied

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_IN_USE = {errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST, errno.EXDEV}
_WINDOWS_FULL = 112  # ERROR_DISK_FULL


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an `OSError` on the way to a project's folder into what it means for it."""
    try:
        yield
    except OSError as problem:
        raise _meaning(problem, folder) from problem


def _meaning(problem: OSError, folder: Path) -> ScaffoldError:
    said = (problem.strerror or str(problem),)
    if problem.errno in _FULL or getattr(problem, "winerror", None) == _WINDOWS_FULL:
        return NoSpace(
            f"there is no space left where {folder} would lie",
            detail=said,
            hint="Free some, or go to another disk.",
        )
    if problem.errno in _CLOSED:
        return NoPermission(
            f"the system refuses to let this user write {folder}",
            detail=said,
            hint="Go to a folder of your own: cd ~",
        )
    if problem.errno in _IN_USE:
        return TargetOccupied(
            f"{folder} cannot be replaced: it is in use, or something came into it meanwhile",
            detail=said,
            hint="Choose another name.",
        )
    if problem.errno == errno.ENAMETOOLONG:
        return BadRequest(
            f"the path {folder} is too long for this system",
            detail=said,
            hint="Go to a folder nearer to the root.",
        )
    return ScaffoldError(f"{folder} cannot be written", detail=said, code="write-failed")
