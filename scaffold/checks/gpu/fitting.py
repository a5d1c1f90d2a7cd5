"""Which build of PyTorch would use the GPUs that are here: what a remedy names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.builds import tables
from scaffold.builds.cuda import covers, is_capability, number, usable_gpus, variant_major
from scaffold.builds.published import torch_variants
from scaffold.builds.rows import TorchRelease
from scaffold.checks.facts import Facts
from scaffold.checks.gpu.history import cuda_builds, kernels, minors, newest_for, pythons, variant
from scaffold.checks.gpu.installed import platform_of, python_of
from scaffold.checks.model import Remedy
from scaffold.machine.model import Accelerator
from scaffold.sources.places import PYTORCH_INDEX

#: What pip is asked to take away first: it takes a build without a GPU for the same version.
FAMILY = ("torch", "torchvision", "torchaudio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A build that serves every GPU that is here."""

    release: str  # 2.14.1; 1.13 where an old release is meant
    variant: str  # cu130
    newest: bool = True  # of the releases: no version need be named


def python_version(facts: Facts) -> str:
    """``3.12`` of the interpreter that is looked at; "" where it is unknown."""
    minor = facts.python.minor if facts.python else None
    if minor is None:
        version = facts.environment.version if facts.environment else facts.planned_python
        return ".".join(version.split(".")[:2])
    return f"{minor[0]}.{minor[1]}"


def cuda_fit(facts: Facts, devices: tuple[Accelerator, ...]) -> Fit | None:
    """The newest PyTorch with machine code for every one of some NVIDIA GPUs, on a CUDA that the driver runs.

    Of one release the oldest CUDA: most drivers run it.
    """
    if not all(is_capability(one.capability) for one in devices):
        devices = ()
    return next(_fits(facts, devices), None)


def _fits(facts: Facts, devices: tuple[Accelerator, ...]) -> Iterator[Fit]:
    platform, python, spoken = platform_of(facts), python_version(facts), usable_gpus(facts.machine).cuda
    first = True
    for release in _releases(platform, python):
        for name in reversed(torch_variants(tables.torch(), release, platform)):
            codes = tables.torch().kernels_of(release.version, name, platform)
            if codes and (not spoken or variant_major(name) <= spoken) and _all(codes, devices):
                yield Fit(release=str(release.version), variant=name, newest=first)
        first = False
    for minor in minors("torch"):
        if python and python not in pythons("torch", minor, platform):
            continue
        for cuda in cuda_builds(minor):
            codes = kernels(minor, cuda, platform)
            if codes and (not spoken or number(cuda)[0] <= spoken) and _all(codes, devices):
                yield Fit(release=minor, variant=variant(cuda), newest=False)


def _releases(platform: str, python: str) -> list[TorchRelease]:
    """The releases with wheels, the well-known ones first."""
    there = [
        row
        for row in tables.torch().releases
        if platform in row.pypi and (not python or python in row.pythons(platform))
    ]
    return [row for row in there if row.confidence == "high"] or there


def _all(codes: tuple[str, ...], devices: tuple[Accelerator, ...]) -> bool:
    return all(any(covers(code, one.capability) for code in codes) for one in devices)


def first_release(devices: tuple[Accelerator, ...], platform: str) -> tuple[str, str]:
    """The first minor release of PyTorch that serves some GPUs, and its build: ("2.7", "cu128")."""
    found = ("", "")
    for release in tables.torch().releases:
        for name in torch_variants(tables.torch(), release, platform):
            if _all(tables.torch().kernels_of(release.version, name, platform) or ("0.1",), devices):
                found = (f"{release.version.major}.{release.version.minor}", name)
    return found


def no_wheel_for(python: str, platform: str) -> str:
    """The newest minor release of PyTorch for a Python, where it is not the newest of all; "" otherwise."""
    newest = newest_for("torch", python, platform) if python else ""
    return newest if newest and newest != minors("torch")[0] else ""


def index_url(name: str) -> str:
    """The address of PyTorch's own index for a build."""
    return f"{PYTORCH_INDEX}/{name}"


def install(facts: Facts, fit: Fit | None, text: str, *, vision: bool = True) -> Remedy:
    """Take away what is there, and install a build from PyTorch's own index."""
    if fit is None:
        return Remedy(text=text, commands=(("scaffold", "builds"),))
    python = python_of(facts)
    known = facts.packages
    there = tuple(one for one in FAMILY if known and known.of(one)) or ("torch",)
    exact = "torch" if fit.newest else f"torch=={fit.release}{'.*' if fit.release.count('.') == 1 else ''}"
    wanted = (exact, *(one for one in FAMILY[1:] if vision and (one in there)))
    return Remedy(
        text=text,
        commands=(
            (python, "-m", "pip", "uninstall", "-y", *there),
            (python, "-m", "pip", "install", *wanted, "--index-url", index_url(fit.variant)),
        ),
    )
