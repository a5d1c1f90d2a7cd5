"""Rows for a release of PyTorch that the tables do not know yet, from listings and METADATA alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.refresh_facts import (
    PLATFORMS,
    cudnn,
    floors,
    megabytes,
    numbers,
    pins,
    toolkit,
    variant,
)
from scaffold.builds.refresh_rows import (
    LINUX,
    NOT_TOLD,
    Found,
    NewRow,
    Reader,
    common,
    newest_python,
    unanswered,
    with_wheels,
)
from scaffold.sources.model import Wheel


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchWheels:
    """A release's wheels on the ordinary index, and PyTorch's own ones by variant, where it answered."""

    ordinary: tuple[Wheel, ...]
    variants: Mapping[str, tuple[Wheel, ...]] = field(default_factory=dict)
    not_reached: tuple[str, ...] = ()  # variants


def torch(version: Version, wheels: TorchWheels, read: Reader) -> Found:
    """A release of PyTorch: the row, and the kernels of builds that no row covers yet."""
    name = f"torch {version}"
    pypi, libraries, sources = {}, {}, []
    for platform in with_wheels(wheels.ordinary):
        pypi[platform] = "cpu"  # the ordinary index never had another kind for Windows and macOS
        if platform not in LINUX:
            continue
        wheel = newest_python(wheels.ordinary, platform)
        metadata = read(wheel) if wheel else None
        if metadata is None:
            return Found(
                notes=(f"{name} is left out: what its build for {platform} asks for cannot be read",)
            )
        asked = pins(metadata, platform)
        pypi[platform] = variant(toolkit(asked))
        sources.append(f"{platform}: {pypi[platform]}{_nccl(asked)}")
        if cudnn(asked):
            libraries[pypi[platform]] = cudnn(asked)
    not_reached = [*wheels.not_reached]
    for built, there in wheels.variants.items():
        if built.startswith("cu") and built not in libraries:
            found = _cudnn_of(there, read)
            if found is None:
                not_reached.append(built)
            elif found:
                libraries[built] = found
    row = {
        **common(version, wheels.ordinary, list(pypi)),
        "pypi": pypi,
        "cudnn": dict(sorted(libraries.items())),
        **_macos(wheels.ordinary),
        "size_mb": megabytes(wheels.ordinary),
        "pytorch_index": _in_pytorch_index(wheels),
        "confidence": "low",
        **unanswered(not_reached),
    }
    kernels = _kernels(version, pypi, wheels)
    return Found(
        rows=(NewRow(table="torch", array="release", row=row, comments=tuple(sources)), *kernels.rows),
        notes=kernels.notes,
    )


def _macos(wheels: Sequence[Wheel]) -> dict[str, Any]:
    """The oldest macOS, and the Pythons that need a newer one."""
    found = floors(wheels, "macos_arm64")
    oldest = min(found.values(), key=numbers, default=str(tables.torch().releases[0].macos))
    newer = {python: floor for python, floor in sorted(found.items()) if floor != oldest}
    return {"macos": oldest, **({"macos_of": newer} if newer else {})}


def _kernels(version: Version, pypi: Mapping[str, str], wheels: TorchWheels) -> Found:
    """The kernels of a release's CUDA builds that no row covers: those of the newest release before."""
    table, rows, notes = tables.torch(), [], []
    built = [(one, platform) for platform, one in pypi.items()]
    built += [(one, platform) for one, there in wheels.variants.items() for platform in with_wheels(there)]
    for one, platform in dict.fromkeys(built):
        if not one.startswith("cu") or table.kernels_of(version, one, platform):
            continue
        known = (row.version for row in table.releases if row.version < version)
        before = next((older for older in known if table.kernels_of(older, one, platform)), None)
        where = f"torch {version}, {one} on {platform}"
        if before is None:
            notes.append(
                f"{where}: {NOT_TOLD}; it is not chosen for a GPU until a [[torch.kernels]] row tells"
            )
            continue
        copied = f"capabilities are those of {before}: {NOT_TOLD}"
        row = {
            "variant": one,
            "platform": platform,
            "releases": f"=={version}",
            "capabilities": list(table.kernels_of(before, one, platform)),
        }
        rows.append(NewRow(table="torch", array="kernels", row=row, comments=(copied,)))
        notes.append(f"{where}: {copied}")
    return Found(rows=tuple(rows), notes=tuple(notes))


def _in_pytorch_index(wheels: TorchWheels) -> dict[str, list[str]]:
    """What PyTorch's own index has, by platform: no other build of the release is asked for there."""
    there = {built: with_wheels(some) for built, some in wheels.variants.items()}
    found = {platform: [one for one, some in there.items() if platform in some] for platform in PLATFORMS}
    return {platform: some for platform, some in found.items() if some}


def _cudnn_of(wheels: Sequence[Wheel], read: Reader) -> str | None:
    """The cuDNN that a build of PyTorch's own index brings, "" where none; None where it cannot be read."""
    newest = [(newest_python(wheels, platform), platform) for platform in LINUX]
    there = [(wheel, platform) for wheel, platform in newest if wheel is not None]
    for wheel, platform in there:
        metadata = read(wheel)
        if metadata:
            return cudnn(pins(metadata, platform))
    return None if there else ""


def _nccl(asked: Mapping[str, tuple[str, str]]) -> str:
    found = [f", {name}{text}" for name, (text, _) in asked.items() if name.startswith("nvidia-nccl")]
    return "".join(found)
