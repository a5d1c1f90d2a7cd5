"""Whether an extension finds every function of PyTorch that it calls, by the symbol tables of the files."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from scaffold.probing.libraries.compiled import read_elf
from scaffold.probing.libraries.elf import Elf
from scaffold.system import System

#: Functions of PyTorch's C++ library, mangled: c10::, at::, torch::, caffe2::.
_OURS = re.compile(r"_ZNK?(?:3c10|2at|5torch|6caffe2)")

#: What holds them; an extension that is linked against others' libraries may find a symbol there.
_HOLD = (
    "libc10.so",
    "libc10_cuda.so",
    "libtorch_cpu.so",
    "libtorch_cuda.so",
    "libtorch_python.so",
    "libtorch.so",
)
_NEUTRAL = re.compile(
    r"(?:lib(?:c10|torch|cud|cublas|cufft|curand|cusolver|cusparse|nv|stdc\+\+|gcc_s|gomp|c|m|dl|rt|pthread|z|util)"
    r"\b|libtorch_|libc10_|libcud|ld-linux|linux-vdso)"
)
_MOST = 600  # symbols that are looked up


def lacking(system: System, file: Path, folder: Path) -> tuple[str, ...]:
    """Symbols of PyTorch that ``file`` needs and no library of ``folder`` defines; () also where unknown."""
    try:
        extension = read_elf(system, file, names=True)
        if extension is None or not all(_NEUTRAL.match(one) for one in extension.needed()):
            return ()
        wanted = [one for one in extension.undefined() if _OURS.match(one)][:_MOST]
        holders = [one for name in _HOLD if (one := read_elf(system, folder / name)) is not None]
        if not wanted or not holders or _unreadable(system, folder, holders):
            return ()
        return tuple(one for one in wanted if not any(_defines(each, one) for each in holders))[:20]
    except (struct.error, ValueError, OverflowError):
        return ()


def _unreadable(system: System, folder: Path, holders: list[Elf]) -> bool:
    """A library that is there and cannot be read might define anything."""
    return sum(system.exists(folder / name) for name in _HOLD) != len(holders)


def _defines(library: Elf, symbol: str) -> bool:
    return library.defines(symbol) is not False
