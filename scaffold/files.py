"""Writing files that are somebody's: wholly or not at all, and what to say where the system refuses."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import tempfile
from pathlib import Path

from scaffold.errors import BadRequest, NoPermission, NoSpace, ScaffoldError


def absolute(path: Path) -> Path:
    """A path as the user sees it, from the root and without ``..``: records and PyCharm know a folder by it.

    Links stay, except where a ``..`` may lead out of one.
    """
    whole = path.absolute()
    return whole.resolve() if ".." in whole.parts else whole


def replace_file(path: Path, content: bytes | str) -> None:
    """As `put_file`; what the system refuses is raised as `not_written` makes it: NoSpace, NoPermission."""
    try:
        put_file(path, content)
    except OSError as refusal:
        raise not_written(path, refusal) from refusal


def put_file(path: Path, content: bytes | str) -> None:
    """Write ``content``; whoever reads, at any moment, finds the old file or the new one, never a part.

    Text is written in UTF-8 as it stands. Missing folders are made. A link stays a link: what it leads to is
    written. The mode of a file that was there stays. Raises OSError; the old file is there then.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):  # the same disk may refuse this, too
            Path(temporary).unlink(missing_ok=True)
        raise


def clear_remains(path: Path) -> None:
    """Delete what kills in the midst of `put_file` left beside a file. For who alone writes it."""
    for remains in path.parent.glob(f".{glob.escape(path.name)}.{'[a-z0-9_]' * 8}"):
        with contextlib.suppress(OSError):  # nobody reads it
            remains.unlink()


def read_present(path: Path) -> bytes | None:
    """A file that is to be changed; None where there is none. Refused, it raises as `not_written` has it."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):  # a file stands where its folder would be
        return None
    except OSError as refusal:
        raise not_written(path, refusal) from refusal


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
