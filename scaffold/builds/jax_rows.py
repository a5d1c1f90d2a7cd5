"""JAX's table: the rows of ``data/jax.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scaffold.builds.rows import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class JaxCuda:
    """JAX's builds for one CUDA major version."""

    variant: str  # cu13
    major: int  # 13
    extra: str  # cuda13
    projects: tuple[str, ...]  # what the extra brings of JAX's own, each of JAX's version
    cudnn: str  # the distribution that brings cuDNN
    oldest_capability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JaxKernels:
    """What a CUDA variant's releases hold machine code for, on every platform that they have."""

    variant: str
    releases: SpecifierSet
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JaxRelease(Release):
    """One release of JAX: glibc, macOS and sizes are jaxlib's, whose wheels are by platform."""

    jaxlib: Version  # the oldest that it takes; the newest is its own version
    numpy: Version  # the oldest that it takes
    macos: Mapping[str, Version]  # platform -> the oldest macOS
    cudnn: Mapping[str, Version]  # variant -> the oldest that it takes
    plugin_mb: Mapping[str, Mapping[str, int]]  # variant -> platform -> size of the plugin's wheels


@dataclass(frozen=True, slots=True, kw_only=True)
class Jax:
    """JAX's table."""

    floor: Version
    floor_why: str
    gpu_platforms: tuple[str, ...]
    cuda: tuple[JaxCuda, ...]  # newest CUDA first
    kernels: tuple[JaxKernels, ...]
    neighbours: tuple[tuple[SpecifierSet, SpecifierSet], ...]  # of TensorFlow, and of JAX that goes with it
    releases: tuple[JaxRelease, ...]  # newest first

    def release(self, version: Version) -> JaxRelease | None:
        """The row of a release."""
        return next((row for row in self.releases if row.version.release == version.release), None)

    def kernels_of(self, version: Version, variant: str) -> tuple[str, ...]:
        """The capabilities that a build holds machine code for; empty where that is not known."""
        for row in self.kernels:
            if row.variant == variant and version.public in row.releases:
                return row.capabilities
        return ()

    def beside_tensorflow(self, version: str) -> SpecifierSet:
        """The releases that share an environment with a TensorFlow."""
        return next((jax for tensorflow, jax in self.neighbours if version in tensorflow), SpecifierSet())

    def cuda_of(self, variant: str) -> JaxCuda | None:
        """The CUDA that a variant is made for; None for ``cpu``."""
        return next((row for row in self.cuda if row.variant == variant), None)


def jax_table(data: Mapping[str, Any]) -> Jax:
    """The table of a file's content; raises KeyError, TypeError or a version's error where it is broken."""
    return Jax(
        floor=Version(data["floor"]["version"]),
        floor_why=data["floor"]["why"],
        gpu_platforms=tuple(data["gpu"]["platforms"]),
        cuda=tuple(JaxCuda(**{**row, "projects": tuple(row["projects"])}) for row in data["cuda"]),
        kernels=tuple(
            JaxKernels(
                variant=row["variant"],
                releases=SpecifierSet(row["releases"]),
                capabilities=tuple(row["capabilities"]),
            )
            for row in data["kernels"]
        ),
        neighbours=tuple(
            (SpecifierSet(row["tensorflow"]), SpecifierSet(row["jax"])) for row in data.get("neighbour", ())
        ),
        releases=tuple(_release(row) for row in data["release"]),
    )


def _release(row: Mapping[str, Any]) -> JaxRelease:
    single = {name: Version(row[name]) for name in ("version", "glibc", "jaxlib", "numpy")}
    several = {name: {key: Version(text) for key, text in row[name].items()} for name in ("macos", "cudnn")}
    on = {platform: tuple(there) for platform, there in row.get("python_on", {}).items()}
    whole = {
        **row,
        **single,
        **several,
        "date": str(row["date"]),
        "python": tuple(row["python"]),
        "python_on": on,
        "not_reached": tuple(row.get("not_reached", ())),
    }
    return JaxRelease(**whole)
