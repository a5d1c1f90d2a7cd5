"""Read what the loader reads of a shared library (ELF, 64 bit, little endian), part by part: files are large.

The format: System V ABI, chapters 4 and 5; symbol versions: LSB 5.0, chapter 10; the hash table of symbols:
binutils' and glibc's DT_GNU_HASH.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

#: ``read(offset, size)``: a part of the file, shorter where it ends.
Reader = Callable[[int, int], bytes]

_LOAD, _DYNAMIC, _STACK = 1, 2, 0x6474E551
_NEEDED, _STRINGS, _SYMBOLS, _STRINGS_SIZE, _RPATH, _RUNPATH = 1, 5, 6, 10, 15, 29
_GNU_HASH, _VERSIONS_DEFINED, _VERSIONS_NEEDED = 0x6FFFFEF5, 0x6FFFFFFC, 0x6FFFFFFE
_EXECUTABLE, _WEAK = 1, 2

#: More than any library has: symbols, bytes of names, versions.
_MANY, _NAMES, _TABLE = 60_000, 16 << 20, 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """A shared library that was opened."""

    read: Reader
    segments: tuple[tuple[int, int, int], ...]  # address, offset in the file, size
    dynamic: tuple[tuple[int, int], ...]
    executable_stack: bool = False
    names: bytes = field(default=b"", repr=False)  # of its symbols and versions; b"": too long to be kept

    def needed(self) -> tuple[str, ...]:
        """The libraries that it is linked against."""
        return tuple(self._name(value) for tag, value in self.dynamic if tag == _NEEDED)

    @property
    def own_first(self) -> bool | None:
        """Whether its folders come before LD_LIBRARY_PATH (DT_RPATH), or behind; None: it names none."""
        tags = {tag for tag, _ in self.dynamic}
        return False if _RUNPATH in tags else True if _RPATH in tags else None

    def versions_defined(self) -> tuple[str, ...]:
        """The symbol versions that it provides: GLIBCXX_3.4.30."""
        return tuple(self._versions(_VERSIONS_DEFINED, nested=False))

    def versions_needed(self) -> tuple[str, ...]:
        """The symbol versions that it asks of others."""
        return tuple(self._versions(_VERSIONS_NEEDED, nested=True))

    def undefined(self) -> Iterator[str]:
        """The functions and variables that it must find elsewhere, less those that may be absent."""
        table, header = self._offset(_SYMBOLS), self._hash_header()
        if table is None or header is None or not self.names:
            return
        count = min(header[1], _MANY)  # the table begins with what is not defined here
        block = self.read(table, count * 24)
        for index in range(1, len(block) // 24):
            name, info, _, section = struct.unpack_from("<IBBH", block, index * 24)
            if section == 0 and info >> 4 != _WEAK and name:
                yield self._name(name)

    def defines(self, symbol: str) -> bool | None:
        """Whether it provides a symbol, by its hash table; None where it has none."""
        header, start = self._hash_header(), self._offset(_GNU_HASH)
        if header is None or start is None:
            return None
        buckets, first, words, shift = header
        digest = gnu_hash(symbol)
        filter_word = self._number(start + 16 + digest // 64 % words * 8, "<Q")
        mask = 1 << digest % 64 | 1 << (digest >> shift) % 64
        if filter_word & mask != mask:
            return False
        table = start + 16 + words * 8
        index = self._number(table + digest % buckets * 4, "<I")
        if index < first:
            return False
        for _ in range(_MANY):
            found = self._number(table + buckets * 4 + (index - first) * 4, "<I")
            if found | 1 == digest | 1 and self._symbol(index) == symbol:
                return True
            if found & 1:
                return False
            index += 1
        return None

    def _symbol(self, index: int) -> str:
        table = self._offset(_SYMBOLS) or 0
        return self._name(self._number(table + index * 24, "<I"))

    def _hash_header(self) -> tuple[int, int, int, int] | None:
        """Buckets, the first symbol that is defined here, words of the filter, its shift."""
        start = self._offset(_GNU_HASH)
        block = self.read(start, 16) if start is not None else b""
        if len(block) < 16:
            return None
        buckets, first, words, shift = struct.unpack("<IIII", block)
        return (buckets, first, words, shift) if buckets and words else None

    def _versions(self, tag: int, *, nested: bool) -> Iterator[str]:
        start = self._offset(tag)
        block = self.read(start, _TABLE) if start is not None else b""
        position = 0
        for _ in range(1000):
            if position + 20 > len(block):
                return
            if nested:
                _, count, _, auxiliary, following = struct.unpack_from("<HHIII", block, position)
                yield from self._needed_of(block, position + auxiliary, count)
            else:
                auxiliary, following = struct.unpack_from("<II", block, position + 12)
                if position + auxiliary + 4 <= len(block):
                    yield self._name(struct.unpack_from("<I", block, position + auxiliary)[0])
            if not following:
                return
            position += following

    def _needed_of(self, block: bytes, position: int, count: int) -> Iterator[str]:
        for _ in range(min(count, 1000)):
            if position + 16 > len(block):
                return
            name, following = struct.unpack_from("<II", block, position + 8)
            yield self._name(name)
            if not following:
                return
            position += following

    def _name(self, offset: int) -> str:
        if offset < len(self.names):
            raw = self.names[offset : offset + 4096]
        else:
            start = self._offset(_STRINGS)
            raw = self.read(start + offset, 1024) if start is not None else b""
        return raw.split(b"\0", 1)[0].decode("utf-8", errors="replace")

    def _number(self, offset: int, form: str) -> int:
        block = self.read(offset, struct.calcsize(form))
        return int(struct.unpack(form, block)[0]) if len(block) == struct.calcsize(form) else 0

    def _offset(self, tag: int) -> int | None:
        """Where in the file a table lies that the loader knows by its address."""
        address = next((value for one, value in self.dynamic if one == tag), None)
        if address is None:
            return None
        inside = (s for s in self.segments if s[0] <= address < s[0] + s[2])
        return next((address - start + offset for start, offset, _ in inside), None)


def open_elf(read: Reader, *, names: bool = False) -> Elf | None:
    """A shared library; None where it is none of 64 bit and little endian.

    ``names``: its symbols will be asked for.

    >>> open_elf(lambda offset, size: b"MZ..."[offset:offset + size]) is None
    True
    """
    head = read(0, 64)
    if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
        return None
    (programs,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    block = read(programs, size * count) if size >= 56 and count < 200 else b""
    rows = [struct.unpack_from("<IIQQQQQQ", block, at) for at in range(0, len(block) - 55, size or 56)]
    segments = tuple((row[3], row[2], row[5]) for row in rows if row[0] == _LOAD)
    dynamic = next((row for row in rows if row[0] == _DYNAMIC), None)
    if dynamic is None:
        return None
    pairs = tuple(struct.iter_unpack("<qQ", _whole(read(dynamic[2], min(dynamic[5], _TABLE)), 16)))
    stack = any(row[0] == _STACK and row[1] & _EXECUTABLE for row in rows)
    found = Elf(read=read, segments=segments, dynamic=pairs, executable_stack=stack)
    length = next((value for tag, value in pairs if tag == _STRINGS_SIZE), 0)
    start = found._offset(_STRINGS)  # noqa: SLF001 - it is this module's own
    if not names or start is None or length > _NAMES:
        return found
    return Elf(read=read, segments=segments, dynamic=pairs, executable_stack=stack, names=read(start, length))


def gnu_hash(symbol: str) -> int:
    """The hash of DT_GNU_HASH.

    >>> hex(gnu_hash("printf"))
    '0x156b2bb8'
    """
    value = 5381
    for byte in symbol.encode():
        value = value * 33 + byte & 0xFFFFFFFF
    return value


def _whole(block: bytes, size: int) -> bytes:
    return block[: len(block) // size * size]
