"""What the libraries of installed packages ask of the loader and of the C++ library (Linux)."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from scaffold.probing.libraries.elf import Elf, open_elf
from scaffold.probing.libraries.model import Library, Standard
from scaffold.probing.packages.places import Location
from scaffold.probing.scene import Scene
from scaffold.system import System

#: Libraries that every import of a framework loads, small ones first.
_ASKING = (
    "torch/lib/libc10.so",
    "torch/lib/libtorch_python.so",
    "torch/lib/libtorch_cpu.so",
    "tensorflow/libtensorflow_framework.so.2",
    "jaxlib/libjax_common.so",
)
#: Libraries that were built with the mark by mistake (pytorch-cpu-feedstock#350, CTranslate2#1849).
_MARKED = ("torch/lib/libtorch_cpu.so", "ctranslate2.libs/*", "onnxruntime/capi/*", "openvino/libs/*")
#: Bytes of a page, and more of them than are kept.
_PAGE, _FEW = 1 << 14, 16

_GLIBCXX = re.compile(r"GLIBCXX_(\d+\.\d+(?:\.\d+)?)")

#: Where distributions put the C++ library.
_SYSTEM = (
    "/usr/lib/x86_64-linux-gnu",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
)


def read_elf(system: System, path: Path | str, *, names: bool = False) -> Elf | None:
    """A library that is there and can be read; hostile files are none."""
    try:
        return open_elf(partial(_part, system, path, {}), names=names)
    except (struct.error, ValueError, OverflowError):
        return None


def _part(system: System, path: Path | str, pages: dict[int, bytes], offset: int, size: int) -> bytes:
    """A part of a file, by pages that are kept: one symbol is looked up with a dozen small reads."""
    if size <= 0:
        return b""
    first, last = offset // _PAGE, (offset + size - 1) // _PAGE
    if last - first > _FEW:
        return system.read_bytes(path, offset=offset, size=size) or b""
    for number in range(first, last + 1):
        if number not in pages:
            pages[number] = system.read_bytes(path, offset=number * _PAGE, size=_PAGE) or b""
    whole = b"".join(pages[number] for number in range(first, last + 1))
    return whole[offset - first * _PAGE :][:size]


def own_first(scene: Scene, places: tuple[Location, ...]) -> bool | None:
    """Whether PyTorch's libraries are found before LD_LIBRARY_PATH is asked; None: no PyTorch with CUDA."""
    for place in places:
        for name in ("libtorch_cuda.so", "libc10_cuda.so"):
            found = read_elf(scene.system, place.path / "torch/lib" / name)
            if found is not None:
                return found.own_first
    return None


def executable_stacks(scene: Scene, places: tuple[Location, ...]) -> tuple[str, ...]:
    """Libraries whose mark asks for an executable stack."""
    return tuple(
        str(path)
        for place in places
        for path in _marked(scene.system, place.path)
        if (found := read_elf(scene.system, path)) is not None and found.executable_stack
    )


def _marked(system: System, site: Path) -> Iterator[Path]:
    for pattern in _MARKED:
        folder, _, name = pattern.rpartition("/")
        if name != "*":
            yield site / pattern
            continue
        for one in system.list_folder(site / folder)[:40]:
            if ".so" in one:
                yield site / folder / one


def standard(scene: Scene, places: tuple[Location, ...], copies: tuple[Library, ...]) -> Standard | None:
    """The libstdc++ that the loader comes to first, and the newest version that a framework asks of it."""
    system = scene.system
    known = [one for one in copies if one.family == "libstdc++" and one.via != "folder"]
    known.sort(key=lambda one: ("variable", "environment", "package", "system").index(one.via))
    first = next((one for one in known if one.via != "package"), None) or _of_system(system)
    if first is None:
        return None
    provides = _provided(system, first)
    needs, by = _asked(system, places)
    better = next(
        (
            one.path
            for one in known
            if one.path != first.path
            and _newer(needs, provides)
            and not _newer(needs, _provided(system, one))
        ),
        "",
    )
    return Standard(
        path=first.path, provides=provides, via=first.via, needs=needs, needed_by=by, better=better
    )


def _of_system(system: System) -> Library | None:
    for folder in _SYSTEM:
        path = f"{folder}/libstdc++.so.6"
        if system.exists(path):
            return Library(name="libstdc++.so.6", path=path, via="system")
    return None


def _provided(system: System, library: Library) -> str:
    """By the versions that it defines; by its file's name where it cannot be read: 6.0.30 has 3.4.30."""
    found = read_elf(system, library.path)
    versions = _versions(found.versions_defined()) if found else []
    if versions:
        return max(versions, key=_key)
    number = library.version.rpartition(".")[2]
    return f"3.4.{number}" if library.version.startswith("6.0.") and number.isdigit() else ""


def _asked(system: System, places: tuple[Location, ...]) -> tuple[str, str]:
    """The newest version that a framework's libraries ask for, and which one does."""
    newest, by = "", ""
    for place in places:
        for name in _ASKING:
            found = read_elf(system, place.path / name)
            for version in _versions(found.versions_needed()) if found else ():
                if not newest or _key(version) > _key(newest):
                    newest, by = version, os.fspath(place.path / name)
    return newest, by


def _versions(names: tuple[str, ...]) -> list[str]:
    return [match[1] for name in names if (match := _GLIBCXX.fullmatch(name))]


def _newer(one: str, other: str) -> bool:
    return bool(one) and (not other or _key(one) > _key(other))


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
