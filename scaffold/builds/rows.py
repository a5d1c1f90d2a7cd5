"""The rows of the compatibility tables in ``data/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version

Confidence = Literal["high", "medium", "low"]

#: Where tensorflow-cpu has wheels; elsewhere the distribution `tensorflow` is the CPU build.
CPU_PLATFORMS = ("linux_x86_64", "windows_x86_64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """What a CUDA variant's releases hold machine code for, on one platform."""

    variant: str  # cu126
    platform: str  # linux_x86_64
    releases: SpecifierSet
    capabilities: tuple[str, ...]  # 8.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the releases of every framework have.

    Platforms are called linux_x86_64, linux_aarch64, windows_x86_64, macos_arm64, macos_x86_64.
    """

    version: Version
    date: str
    python: tuple[str, ...]
    glibc: Version
    python_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # where a platform has others
    size_mb: Mapping[str, int] = field(default_factory=dict)  # platform -> size of the wheel on PyPI
    confidence: Confidence = "high"
    origin: str = ""  # the user's own data file, where the row stands there
    #: What did not answer, or not wholly, when a refresh wrote the row: cu126, tensorflow-cpu.
    not_reached: tuple[str, ...] = ()

    @property
    def confidence_on_cpu(self) -> Confidence:
        """How sure a CPU build is: nobody doubts machine code there, yet a row may be a machine's alone."""
        return "medium" if self.confidence == "low" else "high"

    def pythons(self, platform: str) -> tuple[str, ...]:
        """The CPython versions that a platform has wheels for."""
        return self.python_on.get(platform, self.python)


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchRelease(Release):
    """One release of PyTorch."""

    pypi: Mapping[str, str]  # platform -> variant of the wheel without a local version
    cudnn: Mapping[str, Version]  # variant -> the version that it brings
    macos: Version
    glibc_of: Mapping[str, Version] = field(default_factory=dict)  # by variant, or by platform
    macos_of: Mapping[str, Version] = field(default_factory=dict)  # by Python
    #: What was seen in PyTorch's own index, by platform; None: every build that the other tables speak of.
    pytorch_index: Mapping[str, tuple[str, ...]] | None = None

    def in_pytorch_index(self, variant: str, platform: str) -> bool:
        """Whether PyTorch's own index has a build, as far as that release's row limits it."""
        return self.pytorch_index is None or variant in self.pytorch_index.get(platform, ())

    def glibc_needed(self, variant: str, platform: str) -> Version:
        """The oldest glibc that a build runs on."""
        return self.glibc_of.get(variant) or self.glibc_of.get(platform) or self.glibc


@dataclass(frozen=True, slots=True, kw_only=True)
class Torch:
    """PyTorch's table."""

    floor: Version
    floor_why: str
    metal_macos: Version  # the oldest macOS whose GPU it can use
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
class TensorflowRelease(Release):
    """One release of TensorFlow."""

    cuda: str  # the toolkit that it was built with
    libraries: Literal["range", "pinned", "system"]  # how CUDA's come along; "system": not at all
    kernels: tuple[str, ...] = ()
    ptx: str = ""  # compiled by the driver, for this capability's major version
    extra_python: tuple[str, ...] = ()  # the Pythons that the extra can be resolved for; empty: all
    instead: tuple[str, ...] = ()  # what to name for the others
    numpy: str = ""  # a limit that its own metadata lacks
    cpu_size_mb: Mapping[str, int] = field(default_factory=dict)  # of tensorflow-cpu
    cpu_python: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # where its Pythons differ

    def cpu_pythons(self, platform: str) -> tuple[str, ...]:
        """The CPython versions that a platform has wheels of tensorflow-cpu for."""
        usual = self.pythons(platform) if platform in CPU_PLATFORMS else ()
        return self.cpu_python.get(platform, usual)

    @property
    def cuda_major(self) -> int:
        """12 of ``12.5``."""
        return int(self.cuda.split(".")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensorflow:
    """TensorFlow's table."""

    floor: Version
    floor_why: str
    gpu_platforms: tuple[str, ...]
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
class FirstDriver:
    """The oldest driver that knows GPUs from a capability on."""

    since: str  # a capability
    linux: str
    windows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuda:
    """What drivers, devices and cuDNN go together with."""

    driver: tuple[Driver, ...]  # newest CUDA first
    first_driver: tuple[FirstDriver, ...]  # newest GPUs first
    cubin: Mapping[str, Cubin]  # by code
    cudnn: tuple[tuple[Version | None, str], ...]  # cuDNN below this version, oldest capability


@dataclass(frozen=True, slots=True, kw_only=True)
class Keras:
    """Which Keras goes with which Python."""

    floor: str
    companion: Mapping[str, str]  # 3.12 -> keras>=3.14


@dataclass(frozen=True, slots=True, kw_only=True)
class Rocm:
    """PyTorch's builds for AMD."""

    platforms: tuple[str, ...]
    builds: tuple[tuple[SpecifierSet, tuple[str, ...]], ...]  # releases of PyTorch -> versions of ROCm
    kernels: Mapping[str, tuple[str, ...]]  # ROCm -> gfx names
    triton: tuple[tuple[SpecifierSet, str], ...]  # releases of PyTorch -> the compiler that they need
    override: Mapping[str, str]  # gfx name -> HSA_OVERRIDE_GFX_VERSION that others use, unofficially

    def variants(self, version: Version) -> tuple[str, ...]:
        """``rocm7.2``, ...: the builds of a release, oldest ROCm first."""
        for releases, versions in self.builds:
            if version.public in releases:
                return tuple(f"rocm{one}" for one in versions)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Xpu:
    """PyTorch's builds for Intel GPUs."""

    platforms: tuple[str, ...]
    releases: SpecifierSet
    wsl_from: Version
    triton: tuple[tuple[SpecifierSet, str], ...]  # releases of PyTorch -> the compiler that they need
    devices: Mapping[str, str]  # Level Zero's IP version -> family


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Releases of frameworks: "" and an empty set where a framework is not spoken of."""

    why: str
    torch: SpecifierSet | None = None
    torch_variants: tuple[str, ...] = ()  # empty: all
    tensorflow: SpecifierSet | None = None
    jax: str = ""  # cu12, cu13
    ordinary_index: bool = False  # PyTorch's build must be the ordinary index's own
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What shares an environment, both on the GPU, and what is known not to."""

    clean: tuple[Pair, ...]  # best first
    clashes: tuple[Pair, ...]
