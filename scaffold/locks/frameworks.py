"""What the frameworks of a lock really are: which build, for which CUDA, and how that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.cuda import variant_major
from scaffold.builds.wheels import Target
from scaffold.locks.model import Lock, Locked
from scaffold.locks.packages import cuda_major, parsed

Name = Literal["torch", "tensorflow", "jax"]

#: Distributions of each framework, by conda's names as well.
_PACKAGES: dict[str, Name] = {
    "torch": "torch", "pytorch": "torch", "pytorch-gpu": "torch", "pytorch-cpu": "torch",
    "tensorflow": "tensorflow", "tensorflow-cpu": "tensorflow", "tensorflow-gpu": "tensorflow",
    "tensorflow-intel": "tensorflow", "tf-nightly": "tensorflow", "tf-nightly-cpu": "tensorflow",
    "jax": "jax",
}  # fmt: skip
_CONDA_ONLY = {"pytorch", "pytorch-gpu", "pytorch-cpu", "tensorflow-gpu"}

#: PyTorch's own index, or a mirror of it, ends with the build.
_VARIANT_INDEX = re.compile(r"/(?P<variant>cpu|cu\d{3}|rocm[\d.]+|xpu)(?:/|$)")
_LOCAL = re.compile(r"cpu|cu\d{3}|rocm[\d.]+|xpu")
#: conda's build strings: cuda126_mkl_py312_..., py3.12_cuda12.4_cudnn9.1.0_0, cpu_generic_...
_CONDA_CUDA = re.compile(r"cuda(?P<major>1\d)(?P<dot>\.?)(?P<minor>\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One framework of a lock, as it would be installed."""

    framework: Name
    package: Locked
    version: Version | None  # None: open
    variant: str = ""  # cu126, cpu, rocm7.2, xpu; "": not known
    cuda: int = 0  # CUDA major version
    how: str = ""  # how that is known, a line of evidence

    @property
    def brings_libraries(self) -> bool:
        """Whether CUDA's libraries come as packages: conda's lie elsewhere, JAX's -local brings none."""
        local = any(extra.endswith("local") for extra in self.package.extras)
        return bool(self.cuda) and not self.package.conda and not local

    @property
    def on_gpu(self) -> bool:
        """Whether it is made for a GPU."""
        return bool(self.cuda) or self.variant.startswith(("rocm", "xpu"))


def frameworks_of(lock: Lock, rows: tuple[Locked, ...], target: Target) -> tuple[Build, ...]:
    """The frameworks among the packages that would be installed."""
    return tuple(_builds(lock, rows, target))


def is_framework(one: Locked) -> bool:
    """Whether a package is one of the frameworks that are judged."""
    return one.name in _PACKAGES and (one.conda or one.name not in _CONDA_ONLY)


def _builds(lock: Lock, rows: tuple[Locked, ...], target: Target) -> Iterator[Build]:
    for one in rows:
        if not is_framework(one):
            continue
        framework = _PACKAGES[one.name]
        if one.conda:
            yield _of_conda(framework, one, rows)
        elif framework == "torch":
            yield _torch(one, lock, rows, target)
        elif framework == "tensorflow":
            yield _tensorflow(one, rows, target)
        else:
            yield _jax(one, rows, target)


def _torch(one: Locked, lock: Lock, rows: tuple[Locked, ...], target: Target) -> Build:
    version = parsed(one.version)
    variant, how = _torch_variant(one, version, lock, target)
    major = variant_major(variant)
    # Whatever a file without markers names beside it: no platform but these has a CUDA build.
    possible = not variant and bool(tables.torch().variants(target.platform))
    beside = _library_majors(one, rows) if possible else ()
    if beside:
        major, how = beside[0], f"the CUDA {beside[0]} libraries beside it tell"
    return Build(framework="torch", package=one, version=version, variant=variant, cuda=major, how=how)


def _torch_variant(one: Locked, version: Version | None, lock: Lock, target: Target) -> tuple[str, str]:
    """The build, and how it is known: the version, the index, what the ordinary index holds."""
    if version is not None and version.local:
        named = _LOCAL.match(version.local)
        return (named.group() if named else ""), f"its version says {version.local}"
    own = _VARIANT_INDEX.search(one.index)
    if own:
        return own["variant"], f"it comes from {_shown(one.index)}"
    for index in lock.indexes:
        found = _VARIANT_INDEX.search(index)
        if found and version is not None and _exists(version, found["variant"], target.platform):
            return found[
                "variant"
            ], f"the index {_shown(index)} has it, and its +{found['variant']} counts as newer"
    variant, how = _ordinary(version, target)
    unused = [_shown(index) for index in lock.indexes if _VARIANT_INDEX.search(index)]
    if unused and how:
        how += f"; {unused[0]} has no build of it"
    return variant, how


def _ordinary(version: Version | None, target: Target) -> tuple[str, str]:
    release = tables.torch().release(version) if version is not None else None
    variant = release.pypi.get(target.platform, "") if release else ""
    how = f"PyTorch {version} on the ordinary index is {variant} for {target.platform}" if variant else ""
    return variant, how


def _exists(version: Version, variant: str, platform: str) -> bool:
    """Whether PyTorch's index has that build of a release, as far as the tables know."""
    if variant == "cpu":
        return not platform.startswith("macos")
    if variant.startswith("rocm"):
        return variant in tables.rocm().variants(version) and platform in tables.rocm().platforms
    if variant == "xpu":
        return version.public in tables.xpu().releases and platform in tables.xpu().platforms
    return bool(tables.torch().kernels_of(version, variant, platform))


def _library_majors(one: Locked, rows: tuple[Locked, ...]) -> tuple[int, ...]:
    """CUDA major versions of the libraries that a framework of unknown build comes with."""
    libraries = (row for row in rows if row.conda == one.conda and row.name.startswith(("nvidia-", "cuda-")))
    return tuple(sorted({major for row in libraries if (major := cuda_major(row))}, reverse=True))


def _tensorflow(one: Locked, rows: tuple[Locked, ...], target: Target) -> Build:
    version = parsed(one.version)
    build = Build(framework="tensorflow", package=one, version=version, variant="cpu")
    if one.name.endswith(("-cpu", "-intel")) or target.platform not in tables.tensorflow().gpu_platforms:
        where = "" if one.name.endswith("-cpu") else f"TensorFlow has no GPU build for {target.platform}"
        return Build(framework="tensorflow", package=one, version=version, variant="cpu", how=where)
    release = tables.tensorflow().release(version) if version is not None else None
    majors = {cuda_major(row) for row in rows if row.name.startswith("nvidia-cudnn-cu")}
    major = release.cuda_major if release else max(majors, default=12)
    if "and-cuda" in one.extras:
        how = f"and-cuda brings CUDA {major}'s libraries"
    elif major in majors:
        how = f"nvidia-cudnn-cu{major} stands beside it"
    else:
        missing = f"no CUDA libraries beside it: neither and-cuda nor nvidia-cudnn-cu{major}"
        return replace(build, how=missing)
    variant = f"cu{release.cuda.replace('.', '')}" if release else ""
    return Build(framework="tensorflow", package=one, version=version, variant=variant, cuda=major, how=how)


def _jax(one: Locked, rows: tuple[Locked, ...], target: Target) -> Build:
    if target.platform not in tables.jax().gpu_platforms:
        how = f"JAX has no CUDA build for {target.platform}"
        return Build(framework="jax", package=one, version=parsed(one.version), variant="cpu", how=how)
    plugins = [row for row in rows if re.fullmatch(r"jax-cuda\d\d-plugin", row.name)]
    extras = [extra for extra in one.extras if re.match(r"cuda\d\d", extra)]
    major = cuda_major(plugins[0]) if plugins else int(extras[0][4:6]) if extras else 0
    how = (
        f"{plugins[0].shown} stands beside it" if plugins else f"{extras[0]} was asked for" if extras else ""
    )
    return Build(
        framework="jax",
        package=one,
        version=parsed(one.version),
        variant=f"cu{major}" if major else "cpu",
        cuda=major,
        how=how,
    )


def _of_conda(framework: Name, one: Locked, rows: tuple[Locked, ...]) -> Build:
    """The solver picks the build by the driver, unless the build or CUDA's version is written down."""
    version, named = parsed(one.version), _CONDA_CUDA.search(one.build)
    majors = _library_majors(one, rows) or tuple(
        major for row in rows if row.conda and (major := cuda_major(row))
    )
    variant, how = _of_pytorch_channel(one, rows)
    if variant and framework == "torch":
        major = variant_major(variant)
        return Build(framework=framework, package=one, version=version, variant=variant, cuda=major, how=how)
    if named:
        how = f"its build is {one.build}"
        return Build(framework=framework, package=one, version=version, cuda=int(named["major"]), how=how)
    if one.build.startswith("cpu") or one.name.endswith("-cpu") or any(row.name == "cpuonly" for row in rows):
        return Build(
            framework=framework, package=one, version=version, variant="cpu", how="the CPU build is named"
        )
    if majors:
        how = f"CUDA {majors[0]} is pinned beside it"
        return Build(framework=framework, package=one, version=version, cuda=majors[0], how=how)
    return Build(framework=framework, package=one, version=version)


def _of_pytorch_channel(one: Locked, rows: tuple[Locked, ...]) -> tuple[str, str]:
    """The variant where it is PyTorch's own conda build: those are built as its wheels are.

    Its build strings write CUDA with a point, conda-forge's without; only that channel has pytorch-cuda.
    """
    named = _CONDA_CUDA.search(one.build)
    if named:
        own = bool(named["dot"]) or one.index.endswith("pytorch")
        return (f"cu{named['major']}{named['minor']}", f"its build is {one.build}") if own else ("", "")
    beside = next((row for row in rows if row.conda and row.name == "pytorch-cuda"), None)
    found = re.match(r"(1\d)\.(\d)", beside.version) if beside else None
    if beside is None or found is None:
        return "", ""
    return f"cu{found[1]}{found[2]}", f"{beside.shown} is pinned beside it"


def _shown(location: str) -> str:
    from scaffold.sources.redact import redact

    return redact(location)
