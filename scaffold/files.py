"""Files that are somebody's: read only where they are files, written wholly or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from scaffold.errors import BadRequest, IdeFileBroken, NoPermission, NoSpace, ScaffoldError
from scaffold.links import refuse_link_of_ours

#: Bytes. A workspace.xml of years has a few MB; what goes beyond this is no file of an IDE.
LARGEST = 16 << 20

#: A pipe that nobody writes into would keep `open` waiting, and a terminal become ours; not on Windows.
_OPENED = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY")
)


def absolute(path: Path) -> Path:
    """A path as the user sees it, from the root and without ``..``: records and PyCharm know a folder by it.

    Links stay, except where a ``..`` may lead out of one.
    """
    whole = path.absolute()
    return whole.resolve() if ".." in whole.parts else whole


def nearest(start: Path, holds: Callable[[Path], bool]) -> Path | None:
    """The folder itself, or the nearest one above it, of which ``holds`` is true."""
    folder = absolute(start)
    return next((one for one in (folder, *folder.parents) if holds(one)), None)


def replace_file(path: Path, content: bytes | str) -> None:
    """As `put_file`; what the system refuses is raised as `not_written` makes it: NoSpace, NoPermission."""
    try:
        put_file(path, content)
    except OSError as refusal:
        raise not_written(path, refusal) from refusal


def put_file(path: Path, content: bytes | str) -> None:
    """Write ``content``; whoever reads, at any moment, finds the old file or the new one, never a part.

    Text is written in UTF-8 as it stands. Missing folders are made. A link stays a link: what it leads to is
    written, but in the folder that is ours alone (`refuse_link_of_ours`). The mode of a file that was there
    stays. Raises OSError; the old file is there then.
    """
    refuse_link_of_ours(path)
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


def move(source: Path, target: Path) -> None:
    """Rename; on Windows again for two seconds, where a virus scanner reads what was just written.

    Raises OSError.
    """
    for wait in (0.05, 0.2, 0.5, 1.0, None):
        try:
            source.rename(target)
        except PermissionError:
            if wait is None or os.name != "nt":
                raise
            time.sleep(wait)
        else:
            return


def move_to_free(source: Path, target: Path) -> None:
    """Rename to where nothing is, and never onto something. Raises FileExistsError, other OSError.

    A process that is killed here may leave the file under both names; the same call again ends it.
    """
    if os.name != "nt":  # there a rename itself replaces nothing
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            if not same_file(source, target):
                raise
        except (OSError, NotImplementedError):  # a folder, or a file system without second names
            pass
        if same_file(source, target):
            source.unlink()
            return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target))
    move(source, target)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths are two names of one file, links not followed."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Make a folder's entries survive a power cut, where the system can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class NotReadable(OSError):
    """A pipe or a device, which may never end, or a file that is too large; ``strerror`` says which."""


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """A regular file, also through links, to be read; it never waits. Raises OSError, NotReadable.

    A clone may bring a link to ``/dev/zero``, and reading a pipe ends when somebody else wants it to.
    """
    _refuse_irregular(path, Path(path).stat())  # opening a device may already do something to it
    return open(path, "rb", opener=_opened_regular)


def _opened_regular(path: str, _: int) -> int:
    """For ``open``, which from then on alone closes it: with two who do, Ctrl-C may make both do so."""
    handle = os.open(path, _OPENED)
    try:
        _refuse_irregular(path, os.fstat(handle))  # it may be another one by now
    except BaseException:
        os.close(handle)
        raise
    return handle


def read_regular(path: str | os.PathLike[str], limit: int = LARGEST) -> bytes:
    """The whole content of a regular file of at most ``limit`` bytes. Raises OSError, NotReadable."""
    with open_regular(path) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        size = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit} bytes"
        raise NotReadable(errno.EFBIG, f"it is larger than {size}", os.fspath(path))
    return content


def _refuse_irregular(path: str | os.PathLike[str], found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(found.st_mode):
        raise NotReadable(errno.EINVAL, "it is a pipe or a device, and no file", os.fspath(path))


def read_present(path: Path) -> bytes | None:
    """A file that is to be changed; None where there is none.

    Refused, it raises as `not_written` has it; IdeFileBroken for what `read_regular` does not read.
    """
    try:
        return read_regular(path)
    except (FileNotFoundError, NotADirectoryError):  # a file stands where its folder would be
        return None
    except NotReadable as problem:
        raise IdeFileBroken(
            f"{path} cannot be read", detail=(problem.strerror or "",), hint="Move it away, and try again"
        ) from problem
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


def not_read(path: Path, refusal: OSError) -> ScaffoldError:
    """What the operating system answered when it did not let us read, as an error to act on."""
    said, hint = (refusal.strerror or str(refusal),), "check who owns it, and that its disk is there"
    if refusal.errno in _CLOSED:
        return NoPermission(f"Cannot read {path}", detail=said, hint=hint)
    return ScaffoldError(f"Cannot read {path}", detail=said, hint=hint, code="read-failed")


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
    if refusal.errno == errno.ELOOP and refusal.filename:
        return ScaffoldError(
            f"Cannot write to {refusal.filename}",
            detail=said,
            hint="remove that link; it may have come with what you cloned or unpacked",
            code="write-failed",
        )
    return ScaffoldError(f"Cannot write to {path}", detail=said, code="write-failed")
