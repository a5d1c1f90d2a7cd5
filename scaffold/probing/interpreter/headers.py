"""What a program was built for, by its first bytes: ELF, Mach-O, PE."""

from __future__ import annotations

import struct

#: How much of a program's start is enough for every format.
SIZE = 4096

#: e_machine of ELF, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html (read 2026-11-22)
_ELF = {3: "i386", 21: "ppc64le", 22: "s390x", 40: "armv7l", 62: "x86_64", 183: "aarch64", 243: "riscv64"}

#: cputype of Mach-O (mach/machine.h).
_MACH = {0x01000007: "x86_64", 0x0100000C: "arm64", 7: "i386"}

#: Machine of PE, https://learn.microsoft.com/windows/win32/debug/pe-format (read 2026-11-22)
_PE = {0x014C: "x86", 0x8664: "x86_64", 0xAA64: "aarch64"}

_NARROW = frozenset({"i386", "x86", "armv7l"})


def architectures(start: bytes) -> tuple[str, ...]:
    r"""The architectures that a program has code for; empty where its start is no program's.

    >>> architectures(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00")
    ('x86_64',)
    >>> architectures(bytes.fromhex("cafebabe00000002" "01000007" + "00" * 16 + "0100000c" + "00" * 16))
    ('x86_64', 'arm64')
    >>> architectures(b"#!/bin/sh")
    ()
    """
    try:
        if start.startswith(b"\x7fELF"):
            order = ">" if start[5] == 2 else "<"
            found = [_ELF.get(struct.unpack_from(f"{order}H", start, 18)[0])]
        elif start.startswith((b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")):
            found = [_MACH.get(struct.unpack_from("<I", start, 4)[0])]
        elif start.startswith(b"\xca\xfe\xba\xbe"):  # a universal program, if it names few architectures
            count = min(struct.unpack_from(">I", start, 4)[0], 8)
            found = [_MACH.get(struct.unpack_from(">I", start, 8 + 20 * one)[0]) for one in range(count)]
        elif start.startswith(b"MZ"):
            (place,) = struct.unpack_from("<I", start, 0x3C)
            found = [_PE.get(struct.unpack_from("<H", start, place + 4)[0])]
        else:
            return ()
    except (struct.error, IndexError):
        return ()
    return tuple(one for one in found if one)


def bits_of(architecture: str) -> int | None:
    """32 or 64; None where the architecture is unknown."""
    if not architecture:
        return None
    return 32 if architecture in _NARROW else 64
