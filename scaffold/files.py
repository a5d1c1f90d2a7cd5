"""Writing files that are somebody's: wholly or not at all, and what to say where the system refuses."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from scaffold.errors import BadRequest, NoPermission, NoSpace, ScaffoldError


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content``; whoever reads, at any moment, finds the old file or the new one, never a part.

    Missing folders are made. A link stays a link: what it leads to is written. The mode of a file that was
    there stays. Raises NoSpace, NoPermission and what else `not_written` makes of a refusal.
    """
    temporary = ""
    try:
        target = path.resolve() if path.is_symlink() else path
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except BaseException as problem:
        if temporary:
            with contextlib.suppress(OSError):  # it was renamed, or the disk is gone
                Path(temporary).unlink(missing_ok=True)
        if isinstance(problem, OSError):
            raise not_written(path, problem) from problem
        raise


def _mode(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        return 0o644


_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_WINDOWS_FULL = 112  # ERROR_DISK_FULL


def not_written(path: Path, refusal: OSError) -> ScaffoldError:
    """What the operating system answered when it did not let us write, as an error to act on."""
    said = (refusal.strerror or str(refusal),)
    if refusal.errno in _FULL or getattr(refusal, "winerror", None) == _WINDOWS_FULL:
        return NoSpace(
            f"The disk of {path} is full",
            detail=said,
            hint="free some space",
        )
    if refusal.errno in _CLOSED:
        return NoPermission(
            f"Cannot write to {path}",
            detail=said,
            hint="the disk is mounted read-only: work in another folder"
            if refusal.errno == errno.EROFS
            else "check who owns it, and close programs that use it",
        )
    if refusal.errno == errno.ENAMETOOLONG:
        return BadRequest(
            f"The path {path} is too long for this system",
            detail=said,
            hint="choose a folder nearer to the root",
        )
    return ScaffoldError(f"Cannot write to {path}", detail=said, code="write-failed")
