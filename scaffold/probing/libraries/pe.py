"""Read what Windows' loader reads of a DLL (PE32+), part by part.

The format: Microsoft's "PE Format"; the version's block: VS_FIXEDFILEINFO.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: ``read(offset, size)``: a part of the file, shorter where it ends.
Reader = Callable[[int, int], bytes]

_IMPORTS, _RESOURCES = 1, 2
_VERSION = 16  # RT_VERSION
_SIGNATURE = struct.pack("<I", 0xFEEF04BD)
_MACHINES = {0x8664: "x86_64", 0xAA64: "arm64", 0x14C: "x86"}
_MANY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Dll:
    """What a DLL says of itself. ``""``: nothing."""

    machine: str  # x86_64, arm64, x86
    toolset: str  # of the linker: 14.44
    imports: tuple[str, ...] = ()  # as they are spelt
    version: str = ""  # of the file: 14.38.33135.0


def read_dll(read: Reader, *, version: bool = False) -> Dll | None:
    """A DLL or an extension module; None where it is none. ``version``: of the file, too.

    >>> read_dll(lambda offset, size: b"ELF"[offset:offset + size]) is None
    True
    """
    head = read(0, 64)
    if len(head) < 64 or head[:2] != b"MZ":
        return None
    start = struct.unpack_from("<I", head, 60)[0]
    block = read(start, 4 + 20 + 240)
    if len(block) < 4 + 20 + 24 or block[:4] != b"PE\0\0":
        return None
    machine, count = struct.unpack_from("<HH", block, 4)
    size = struct.unpack_from("<H", block, 20)[0]
    kind, major, minor = struct.unpack_from("<HBB", block, 24)
    found = Dll(machine=_MACHINES.get(machine, ""), toolset=f"{major}.{minor:02d}")
    if kind != 0x20B or len(block) < 264 or count > 96:
        return found  # 32 bit: what it imports does not matter here
    tables = _Tables(read, read(start + 24 + size, 40 * count))
    return Dll(
        machine=found.machine,
        toolset=found.toolset,
        imports=tuple(tables.imports(_directory(block, _IMPORTS))),
        version=tables.version(_directory(block, _RESOURCES)) if version else "",
    )


def _directory(block: bytes, number: int) -> int:
    """The address of a data directory; 0: the DLL has none."""
    return int(struct.unpack_from("<I", block, 24 + 112 + 8 * number)[0])


class _Tables:
    """What lies behind the headers, found by its address in memory."""

    def __init__(self, read: Reader, sections: bytes) -> None:
        self._read = read
        self._sections = [
            struct.unpack_from("<IIII", sections, at + 8) for at in range(0, len(sections) - 39, 40)
        ]

    def imports(self, address: int) -> Iterator[str]:
        """The names of the DLLs that are loaded with this one."""
        rows = self._at(address, 20 * _MANY) if address else b""
        for position in range(0, len(rows) - 19, 20):
            name = struct.unpack_from("<I", rows, position + 12)[0]
            if not name:
                return
            text = self._at(name, 260).split(b"\0", 1)[0].decode("ascii", errors="replace")
            if text:
                yield text

    def version(self, address: int) -> str:
        """Of the first version resource: type, name, language, data."""
        entry = self._entry(address, 0, wanted=_VERSION) if address else None
        for _ in range(2):
            entry = self._entry(address, entry & 0x7FFFFFFF) if entry and entry & 0x80000000 else None
        if not entry:
            return ""
        data = self._at(address + entry, 16)
        if len(data) < 16:
            return ""
        place, size = struct.unpack_from("<II", data)
        block = self._at(place, min(size, 4096))
        found = block.find(_SIGNATURE)
        if found < 0 or found + 16 > len(block):
            return ""
        high, low = struct.unpack_from("<II", block, found + 8)
        return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"

    def _entry(self, address: int, offset: int, *, wanted: int | None = None) -> int | None:
        """One row of a directory of resources: the wanted number, or the first."""
        head = self._at(address + offset, 16 + 8 * _MANY)
        if len(head) < 24:
            return None
        named, numbered = struct.unpack_from("<HH", head, 12)
        for index in range(min(named + numbered, _MANY)):
            if 16 + 8 * index + 8 > len(head):
                return None
            number, place = struct.unpack_from("<II", head, 16 + 8 * index)
            if wanted is None or number == wanted:
                return int(place)
        return None

    def _at(self, address: int, size: int) -> bytes:
        for virtual, start, raw, pointer in self._sections:
            if start <= address < start + max(virtual, raw):
                inside = address - start
                return self._read(pointer + inside, max(0, min(size, raw - inside)))
        return b""
