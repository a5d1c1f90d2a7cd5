"""DLLs that were made for tests: the headers, the import table and the version, and nothing else."""

from __future__ import annotations

import struct

_START, _SECTION, _POINTER = 0x80, 0x1000, 0x400


def dll(
    *imports: str, toolset: tuple[int, int] = (14, 44), version: str = "", machine: int = 0x8664
) -> bytes:
    """A PE32+ file that imports some DLLs, as the linker of a toolset writes it."""
    table, names = bytearray(), bytearray()
    base = _SECTION + 20 * (len(imports) + 1)
    for name in imports:
        table += struct.pack("<IIIII", 0, 0, 0, base + len(names), 0)
        names += name.encode() + b"\0"
    content = bytes(table) + bytes(20) + bytes(names)
    resources = _SECTION + len(content)
    if version:
        content += _version(resources, version)
    optional = struct.pack("<HBB", 0x20B, *toolset) + bytes(108)
    optional += struct.pack("<II", 0, 0) + struct.pack("<II", _SECTION if imports else 0, len(table))
    optional += struct.pack("<II", resources if version else 0, 0) + bytes(8 * 13)
    head = b"MZ" + bytes(58) + struct.pack("<I", _START) + bytes(_START - 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x2000)
    section = b".rdata\0\0" + struct.pack("<IIII", len(content), _SECTION, len(content), _POINTER) + bytes(16)
    whole = head + coff + optional + section
    return whole + bytes(_POINTER - len(whole)) + content


def _version(address: int, version: str) -> bytes:
    one, two, three, four = (int(part) for part in version.split("."))
    directory = bytes(12) + struct.pack("<HH", 0, 1)
    rows = b""
    for depth, number in enumerate((16, 1)):
        rows += directory + struct.pack("<II", number, 0x80000000 | 24 * (depth + 1))
    rows += directory + struct.pack("<II", 1033, 72)
    data = struct.pack("<II", address + 88, 64) + bytes(8)
    block = bytes(24) + struct.pack("<IIII", 0xFEEF04BD, 0, one << 16 | two, three << 16 | four)
    return rows + data + block + bytes(24)
