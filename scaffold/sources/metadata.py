"""What a wheel says of itself (its METADATA), without the wheel being downloaded.

Where the index offers the file beside the wheel (PEP 658, PEP 714) that one is asked for; else the
directory at the wheel's end and the one member are, by HTTP range requests: kilobytes of gigabytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scaffold.sources.fetch import Client
from scaffold.sources.listing import client_of
from scaffold.sources.model import SourceSettings, Wheel
from scaffold.sources.places import local_path
from scaffold.sources.problems import Absent, Unreachable
from scaffold.sources.redact import redact
from scaffold.system import System

#: A METADATA with a long README has 100 kB; one of torch's wheels has a directory of 1.5 MB.
_MEMBER_LIMIT = 4 << 20
_PARTS_LIMIT = 16 << 20

#: Bytes of the first request, and the least of every other: an answer's way costs more than its bytes.
_TAIL = 64 << 10
_PART = 16 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of a METADATA file (core metadata) that a choice of builds rests on."""

    name: str
    version: str
    requires_python: str = ""
    requires: tuple[str, ...] = ()  # PEP 508, as written


def read_metadata(system: System, wheel: Wheel, settings: SourceSettings) -> Metadata:
    """The metadata of a wheel, wherever it lies; raises `Unreachable` with one line that says why."""
    try:
        text = _text(system, wheel, settings)
    except (
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as problem:
        raise Unreachable(f"{wheel.filename} cannot be read: {redact(str(problem))}") from problem
    found = parse_metadata(text)
    if found is None:
        raise Unreachable(f"the METADATA of {wheel.filename} is none")
    return found


def parse_metadata(text: str) -> Metadata | None:
    """The fields of a METADATA file; None where name or version are missing.

    >>> parse_metadata('''Metadata-Version: 2.4
    ... Name: torch
    ... Version: 2.15.0
    ... Requires-Python: >=3.11
    ... Requires-Dist: cuda-toolkit[cudart]==13.2.2; platform_system == "Linux"
    ...
    ... Tensors and dynamic neural networks''').requires
    ('cuda-toolkit[cudart]==13.2.2; platform_system == "Linux"',)
    """
    from packaging.metadata import parse_email

    fields, _ = parse_email(text)
    name, version = fields.get("name", ""), fields.get("version", "")
    if not name or not version:
        return None
    return Metadata(
        name=name,
        version=version,
        requires_python=fields.get("requires_python", ""),
        requires=tuple(fields.get("requires_dist", ())),
    )


def _text(system: System, wheel: Wheel, settings: SourceSettings) -> str:
    path = local_path(wheel.url)
    if path is not None:
        with path.open("rb") as stream:
            return _member(stream)
    client = client_of(wheel.source, settings, system)
    if wheel.metadata is not None:
        try:
            return _beside(client, wheel, wheel.metadata)
        except Absent:  # an index that copies wheels and forgets what lay beside them
            pass
    try:
        size = wheel.size or client.size(wheel.url)
        if size is None:
            raise Unreachable(f"the server does not tell how large {wheel.filename} is")
        return _member(_Remote(lambda first, last: client.part(wheel.url, first, last), size))
    except Absent:
        raise Unreachable(f"{wheel.filename} is listed and not there") from None


def _beside(client: Client, wheel: Wheel, promised: str) -> str:
    text = client.get(f"{wheel.url}.metadata", "*/*").text
    if promised and f"sha256={hashlib.sha256(text.encode()).hexdigest()}" != promised.lower():
        raise Unreachable(f"{wheel.filename}.metadata is not the file that the index promises (SHA-256)")
    return text


def _member(stream: Any) -> str:
    """The text of ``*.dist-info/METADATA`` in a wheel."""
    with zipfile.ZipFile(stream) as archive:
        names = [name for name in archive.namelist() if _is_metadata(name)]
        if len(names) != 1:
            raise zipfile.BadZipFile(f"it has {len(names)} METADATA files")
        with archive.open(names[0]) as member:
            content = member.read(_MEMBER_LIMIT + 1)
    if len(content) > _MEMBER_LIMIT:
        raise zipfile.BadZipFile(f"its METADATA has more than {_MEMBER_LIMIT >> 20} MB")
    return content.decode("utf-8", errors="replace")


def _is_metadata(name: str) -> bool:
    folder, _, file = name.partition("/")
    return file == "METADATA" and folder.endswith(".dist-info")


class _Remote(io.RawIOBase):
    """A file elsewhere, read in parts; what was read last is kept, and so is the end."""

    def __init__(self, part: Callable[[int, int], bytes], size: int) -> None:
        self._part, self._size = part, size
        self._position = self._received = 0
        self._end = self._kept = (0, b"")  # where it starts, the bytes

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the file's beginning")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._size - self._position if size is None or size < 0 else size
        stop = min(self._position + wanted, self._size)
        if stop <= self._position:
            return b""
        found = self._bytes(self._position, stop)
        self._position += len(found)
        return found

    def _bytes(self, start: int, stop: int) -> bytes:
        if not self._end[1]:
            self._end = self._fetch(max(0, self._size - _TAIL), self._size)
        for first, content in (self._end, self._kept):
            if first <= start and stop <= first + len(content):
                return content[start - first : stop - first]
        self._kept = self._fetch(start, min(max(stop, start + _PART), self._size))
        return self._kept[1][: stop - start]

    def _fetch(self, start: int, stop: int) -> tuple[int, bytes]:
        self._received += stop - start
        if self._received > _PARTS_LIMIT:
            raise zipfile.BadZipFile(f"its directory has more than {_PARTS_LIMIT >> 20} MB")
        content = self._part(start, stop - 1)
        if len(content) != stop - start:
            raise zipfile.BadZipFile("the server sent less than it was asked for")
        return start, content
