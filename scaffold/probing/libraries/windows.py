"""DLLs on Windows: what the frameworks' DLLs import, and where Windows would look for it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from scaffold.probing.libraries.model import Compiled, Library, LibraryFacts, Missing
from scaffold.probing.libraries.pe import Dll, read_dll
from scaffold.probing.packages.places import Location
from scaffold.probing.scene import Scene
from scaffold.system import System

#: What importing a framework loads first, and what was seen to fail.
_FIRST = {
    "torch": (
        "torch/lib/c10.dll",
        "torch/lib/fbgemm.dll",
        "torch/lib/shm.dll",
        "torch/lib/torch_cpu.dll",
        "torch/lib/torch_python.dll",
        "torch/lib/uv.dll",
    ),
    "tensorflow": (
        "tensorflow/python/_pywrap_tensorflow_common.dll",
        "tensorflow/python/_pywrap_tensorflow_internal.pyd",
    ),
    "onnxruntime": ("onnxruntime/capi/onnxruntime.dll",),
}
#: Names that Windows resolves by itself, what the Python that imports is, and what drivers bring.
_GIVEN = re.compile(r"(?:api|ext)-ms-|python3|nvcuda|nvml|msvcrt\.dll$|ucrtbase", re.IGNORECASE)
_RUNTIME = "msvcp140.dll"
_OPENMP = ("libiomp5md.dll", "libomp140.x86_64.dll", "libomp.dll")


def probe(scene: Scene, places: tuple[Location, ...]) -> LibraryFacts:
    """What frameworks need of Windows and of each other."""
    system = scene.system
    root = Path(system.environment.get("SYSTEMROOT") or system.environment.get("SystemRoot") or "C:/Windows")
    system32 = root / "System32"
    known_there = system.exists(system32 / "kernel32.dll") or bool(system.list_folder(system32))
    dlls = list(_first(system, places))
    runtime = _dll(system, system32 / _RUNTIME, version=True)
    return LibraryFacts(
        copies=tuple(_openmp(scene, places)),
        missing=tuple(_missing(scene, dlls, system32)) if known_there else (),
        vc_runtime=runtime.version if runtime else "",
        compiled=tuple(
            Compiled(file=_shown(path), toolset=dll.toolset) for path, dll in dlls if dll.toolset != "0.00"
        ),
    )


def _first(system: System, places: tuple[Location, ...]) -> Iterator[tuple[Path, Dll]]:
    for place in places:
        for names in _FIRST.values():
            for name in names:
                dll = _dll(system, place.path / name)
                if dll is not None:
                    yield place.path / name, dll


def _dll(system: System, path: Path, *, version: bool = False) -> Dll | None:
    """A DLL that is there and can be read; hostile files are none."""

    def part(offset: int, size: int) -> bytes:
        return (system.read_bytes(path, offset=offset, size=size) or b"") if size > 0 else b""

    try:
        return read_dll(part, version=version)
    except (struct.error, ValueError, OverflowError):
        return None


def _missing(scene: Scene, dlls: list[tuple[Path, Dll]], system32: Path) -> Iterator[Missing]:
    """Each DLL that is imported and in no folder that Windows searches for it."""
    system = scene.system
    prefix = scene.target.prefix
    near = [prefix, prefix / "Library/bin", prefix / "DLLs"] if prefix else []
    common = {name.lower() for folder in (system32, *near) for name in system.list_folder(folder)}
    windows = {name.lower() for name in system.list_folder(system32.parent)}
    seen: set[str] = set()
    for path, dll in dlls:
        beside = {name.lower() for name in system.list_folder(path.parent)}
        for name in dll.imports:
            asked = name.lower()
            if asked in seen or _GIVEN.match(asked) or asked in common | windows | beside:
                continue
            if any(system.exists(folder / name) for folder in _on_path(system)):
                continue
            seen.add(asked)
            yield Missing(name=asked, needed_by=_shown(path), where=str(system32))


def _on_path(system: System) -> Iterator[Path]:
    value = system.environment.get("PATH") or system.environment.get("Path") or ""
    yield from (Path(one) for one in value.split(";")[:100] if one)


def _openmp(scene: Scene, places: tuple[Location, ...]) -> Iterator[Library]:
    system, prefix = scene.system, scene.target.prefix
    for name in _OPENMP:
        for place in places:
            for package in ("torch/lib", "ctranslate2", "faiss", "sklearn/.libs", "intel_openmp.libs"):
                path = place.path / package / name
                if system.exists(path):
                    owner = package.partition("/")[0]
                    yield Library(name=name, path=str(path), via="package", owner=owner)
        if prefix is not None and system.exists(prefix / "Library/bin" / name):
            yield Library(name=name, path=str(prefix / "Library/bin" / name), via="environment")


def _shown(path: Path) -> str:
    """From the package on, as Windows spells it."""
    return "\\".join(path.parts[-3:])
