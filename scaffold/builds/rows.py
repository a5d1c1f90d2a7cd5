"""The rows of the compatibility tables in ``data/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """What a CUDA variant's releases hold machine code for, on one platform."""

    variant: str  # cu126
    platform: str  # linux_x86_64
    releases: SpecifierSet
    capabilities: tuple[str, ...]  # 8.6


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchRelease:
    """One release of PyTorch. Platforms: linux_x86_64, linux_aarch64, windows_x86_64, macos_*."""

    version: Version
    date: str
    python: tuple[str, ...]
    pypi: Mapping[str, str]  # platform -> variant of the wheel without a local version
    cudnn: Mapping[str, Version]  # variant -> the version that it brings
    glibc: Version
    macos: Version
    size_mb: Mapping[str, int]  # platform -> size of the wheel on PyPI
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Torch:
    """PyTorch's table."""

    floor: Version
    floor_why: str
    numpy_2_from: Version  # older releases need numpy<2
    cpu_mb: Mapping[str, int]  # platform -> typical size of a CPU build
    cuda_libraries_gb: int  # what a CUDA build on Linux brings along
    kernels: tuple[Kernels, ...]
    releases: tuple[TorchRelease, ...]  # newest first

    def release(self, version: Version) -> TorchRelease | None:
        """The row of a release, whatever the local part of ``version``."""
        return next((row for row in self.releases if row.version.release == version.release), None)

    def kernels_of(self, version: Version, variant: str, platform: str) -> tuple[str, ...]:
        """The capabilities that a build holds machine code for; empty where that is not known."""
        for row in self.kernels:
            if (row.variant, row.platform) == (variant, platform) and version.public in row.releases:
                return row.capabilities
        return ()

    def variants(self, platform: str) -> tuple[str, ...]:
        """Every CUDA variant that was ever built for a platform, newest CUDA first."""
        names = {row.variant for row in self.kernels if row.platform == platform}
        return tuple(sorted(names, key=lambda name: int(name.removeprefix("cu")), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorflowRelease:
    """One release of TensorFlow."""

    version: Version
    date: str
    python: tuple[str, ...]
    cuda: str  # the toolkit that it was built with
    kernels: tuple[str, ...]
    ptx: str  # compiled by the driver, for this capability's major version
    glibc: Version
    size_mb: Mapping[str, int] = field(default_factory=dict)
    cpu_size_mb: Mapping[str, int] = field(default_factory=dict)  # of tensorflow-cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensorflow:
    """TensorFlow's table."""

    floor: Version
    gpu_platforms: tuple[str, ...]
    cuda: int  # major version of every release's GPU build
    newest_capability: str
    newest_why: str
    cudnn_below: str  # a capability; older GPUs need the constraint
    cudnn_constraint: str
    releases: tuple[TensorflowRelease, ...]  # newest first

    def release(self, version: Version) -> TensorflowRelease | None:
        """The row of a release."""
        return next((row for row in self.releases if row.version.release == version.release), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cubin:
    """An exception to "same major version, at least the minor version"."""

    code: str
    exclude: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The oldest drivers that run every build of a CUDA major version, as NVIDIA writes them."""

    cuda: int
    linux: str
    windows: str  # also in WSL

    def oldest(self, *, windows: bool) -> str:
        """The text of the one that counts."""
        return self.windows if windows else self.linux


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuda:
    """What drivers, devices and cuDNN go together with."""

    driver: tuple[Driver, ...]  # newest CUDA first
    last_driver: tuple[tuple[str, int], ...]  # capabilities below this one, last driver branch
    cubin: Mapping[str, Cubin]  # by code
    cudnn: tuple[tuple[Version | None, str], ...]  # cuDNN below this version, oldest capability


@dataclass(frozen=True, slots=True, kw_only=True)
class Keras:
    """Which Keras goes with which Python."""

    floor: str
    companion: Mapping[str, str]  # 3.12 -> keras>=3.14
