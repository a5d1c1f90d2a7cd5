"""Look compiled extensions up by the names and symbols of their files, and the tools that build them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.probing.extensions.model import Extension, ExtensionFacts
from scaffold.probing.extensions.names import BUILT_HERE, COMPILED, built_for
from scaffold.probing.extensions.symbols import lacking
from scaffold.probing.packages.names import normalised, parse_metadata_folder
from scaffold.probing.packages.places import Location, locations
from scaffold.probing.scene import Scene
from scaffold.system import System

_REQUIREMENT = re.compile(r"[\s\"']*(?P<name>[A-Za-z0-9][\w.-]*)")
_BNB = re.compile(r"libbitsandbytes_cuda(\d{3})(?:_nocublaslt)?\.(?:so|dll)")


def probe(scene: Scene) -> ExtensionFacts:
    """The facts for a target; never starts anything of it."""
    places = locations(scene)
    system = scene.system
    installed = dict(_installed(system, places))
    wanted, source = _wanted(scene, installed)
    headers, where = _headers(scene)
    return ExtensionFacts(
        extensions=tuple(_extensions(system, installed)),
        bitsandbytes=_bitsandbytes(system, places),
        wanted=wanted,
        wanted_in=source,
        nvcc=_nvcc(system) if wanted or "deepspeed" in installed else None,
        toolkit_home=system.environment.get("CUDA_HOME") or system.environment.get("CUDA_PATH"),
        compiler=_compiler(system),
        headers=headers,
        headers_at=where,
    )


def _installed(system: System, places: tuple[Location, ...]) -> Iterator[tuple[str, tuple[str, Path]]]:
    """Name -> version and folder; what is found first is what is imported."""
    seen: set[str] = set()
    for place in places:
        for name in system.list_folder(place.path):
            parsed = parse_metadata_folder(name)
            if parsed is not None and parsed[0] not in seen:
                seen.add(parsed[0])
                yield parsed[0], (parsed[1], place.path)


def _extensions(system: System, installed: dict[str, tuple[str, Path]]) -> Iterator[Extension]:
    torch = installed.get("torch")
    for name, (version, site) in installed.items():
        if name not in COMPILED:
            continue
        release, cuda = built_for(version)
        file = _file(system, site, COMPILED[name])
        missing = lacking(system, file, torch[1] / "torch/lib") if file and torch else ()
        if release or cuda or missing:
            yield Extension(
                name=name,
                version=version,
                torch=release,
                cuda=cuda,
                source=str(site / f"{name.replace('-', '_')}-{version}.dist-info"),
                file=str(file or ""),
                lacking=missing,
            )


def _file(system: System, site: Path, modules: tuple[str, ...]) -> Path | None:
    """The first of its compiled modules that is there, whatever Python it is for."""
    for module in modules:
        folder, _, stem = f"{module}".rpartition("/")
        for name in system.list_folder(site / folder if folder else site):
            if name.startswith(f"{stem}.") and name.endswith(".so"):
                return site / folder / name
    return None


def _bitsandbytes(system: System, places: tuple[Location, ...]) -> tuple[str, ...] | None:
    """The CUDA versions that it holds a library for; None where it is not installed."""
    for place in places:
        names = system.list_folder(place.path / "bitsandbytes")
        if names:
            found = {match[1] for name in names if (match := _BNB.fullmatch(name))}
            return tuple(sorted(found))
    return None


def _wanted(scene: Scene, installed: dict[str, tuple[str, Path]]) -> tuple[tuple[str, ...], str]:
    """What the project asks for, that is not installed, and that is mostly built from source."""
    for name in ("requirements.txt", "pyproject.toml"):
        path = scene.target.folder / name
        lines = (scene.system.read_text(path) or "").splitlines()[:2000]
        found = [
            match["name"]
            for line in lines
            if not line.lstrip().startswith("#") and (match := _REQUIREMENT.match(line))
        ]
        wanted = tuple(
            dict.fromkeys(
                key for one in found if (key := normalised(one)) in BUILT_HERE and key not in installed
            )
        )
        if wanted:
            return wanted, str(path)
    return (), ""


def _nvcc(system: System) -> str | None:
    """Its version by the toolkit's own file; its path where that says nothing; "" where it is not here."""
    home = system.environment.get("CUDA_HOME") or system.environment.get("CUDA_PATH")
    program = Path(home) / "bin" / _exe(system, "nvcc") if home else system.which("nvcc")
    if program is None or not system.exists(program):
        usual = Path("/usr/local/cuda/bin/nvcc")
        if not system.exists(usual):
            return ""
        program = usual
    text = system.read_text(program.parent.parent / "version.json") or ""
    match = re.search(r'"cuda_nvcc"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"', text)
    return match[1] if match else str(program)


def _exe(system: System, name: str) -> str:
    return f"{name}.exe" if system.platform.os == "windows" else name


def _compiler(system: System) -> str | None:
    """The C compiler that Triton would take: CC, gcc, clang, cc."""
    named = system.environment.get("CC")
    if named:
        return named
    if system.platform.os == "windows":
        return None  # triton-windows brings one
    found = (system.which(name) for name in ("gcc", "clang", "cc"))
    return next((str(one) for one in found if one is not None), "")


def _headers(scene: Scene) -> tuple[bool | None, str]:
    """Python.h of the installation below the target; None where it is not known where that is."""
    system, prefix = scene.system, scene.target.prefix
    if prefix is None:
        return None, ""
    configuration = system.read_text(prefix / "pyvenv.cfg")
    base = prefix
    if configuration is not None:
        home = re.search(r"^\s*home\s*=\s*(.+?)\s*$", configuration, re.MULTILINE)
        if home is None:
            return None, ""
        base = Path(home[1])
        base = base.parent if base.name.lower() in ("bin", "scripts") else base
    if system.platform.os == "windows":
        include = base / "Include" / "Python.h"
        libraries = [name for name in system.list_folder(base / "libs") if name.lower().endswith(".lib")]
        if not system.exists(base):
            return None, ""
        return system.exists(include) and bool(libraries), str(include)
    found = [name for name in system.list_folder(base / "include") if name.startswith("python3")]
    there = [base / "include" / name / "Python.h" for name in found]
    if any(system.exists(one) for one in there):
        return True, ""
    known = system.exists(base / "lib") and scene.target.python is not None
    return (False if known else None), str(base / "include")
