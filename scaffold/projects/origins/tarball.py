"""A template as a tar archive packed with gzip, unpacked by our own rules.

It is inflated into a file first, as far as an honest one goes; only then its members are looked at. What a
member says of itself is never believed beyond that: sparse files, second names and devices are refused.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

from scaffold.errors import TemplateUnreachable
from scaffold.files import not_written
from scaffold.projects.origins import limits
from scaffold.projects.origins.archive import chunks
from scaffold.projects.origins.limits import unsafe
from scaffold.projects.origins.placing import Placing

#: Bytes that tar writes beside a file's own: its header, and mostly a longer one before that.
_HEADER = 4096
#: tarfile reads what describes one member at once: a name of more is no template's.
_AT_ONCE = 1 << 20

#: RecursionError: each extended header before a member is read by a call within the one before.
_BROKEN = (gzip.BadGzipFile, zlib.error, tarfile.TarError, EOFError, ValueError, RecursionError)


def unpack(archive: Path, folder: Path, text: str) -> None:
    """Unpack into an empty folder. Raises TemplateUnsafe, TemplateUnreachable (template-damaged), NoSpace."""
    plain = archive.with_name("archive.tar")
    try:
        _inflate(archive, plain, text)
        with plain.open("rb") as stream, tarfile.open(fileobj=_Slowly(stream), mode="r:") as members:  # type: ignore[call-overload]
            _lay(members, Placing(folder))
    except _BROKEN as problem:
        raise TemplateUnreachable(
            f"the archive {text} cannot be unpacked",
            detail=(str(problem) or type(problem).__name__,),
            hint="see that it is a whole .tar.gz archive",
            code="template-damaged",
        ) from problem
    except OSError as refusal:
        raise not_written(folder, refusal) from refusal
    finally:
        plain.unlink(missing_ok=True)


def _inflate(archive: Path, plain: Path, text: str) -> None:
    """Never more than is allowed lies on the disk, whatever is in it."""
    packed, written = archive.stat().st_size, 0
    most = limits.ALL + limits.MEMBERS * _HEADER
    with gzip.open(archive) as content, plain.open("xb") as stream:
        for chunk in chunks(content):
            written += len(chunk)
            if written > limits.HARMLESS and written > limits.RATIO * packed:
                raise unsafe(text, f"grows to more than {limits.RATIO} times its size when it is unpacked")
            if written > most:
                raise unsafe(text, f"brings the template beyond {limits.ALL >> 20} MB")
            stream.write(chunk)


def _lay(members: tarfile.TarFile, placing: Placing) -> None:
    for member in members:
        if member.name == "." or placing.passes_over(member.name):  # `tar -C folder .` packs the folder, too
            continue
        if member.issym():
            placing.link(member.name, _target(member))
        elif member.isdir():
            placing.folder(member.name)
        elif member.isreg() and not member.issparse():
            content = members.extractfile(member)
            assert content is not None
            placing.file(member.name, chunks(content), executable=bool(member.mode & 0o100))
        else:
            raise unsafe(member.name, "is neither a file, a folder nor a link (a second name is none)")
    placing.end()


def _target(member: tarfile.TarInfo) -> str:
    if len(member.linkname) > limits.TARGET:
        raise unsafe(member.name, f"is a link with a target of more than {limits.TARGET} bytes")
    return member.linkname.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Slowly:
    """A file of which nobody reads more at once than a template's names can take."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int) -> bytes:
        if size > _AT_ONCE:
            raise ValueError(f"something in it is described in {size:,} bytes")
        return self._stream.read(size)
