"""Choose a build of PyTorch for a machine, a Python and what can be had."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate, names, stable_version, turned_down, why_none
from scaffold.builds.cuda import Gpus, covered, cudnn_supports, driver_needed, most_capable, variant_major
from scaffold.builds.model import BuildPlan, Missing, TurnedDown
from scaffold.builds.pytorch_plan import plan
from scaffold.builds.rocm import amd_gpus, rocm_use
from scaffold.builds.wheels import Target, pythons_of
from scaffold.builds.xpu import xpu_use
from scaffold.machine.model import Accelerator, Machine
from scaffold.sources.model import Wheel

_VARIANT = re.compile(r"cpu|xpu|cu\d{3}|rocm\d+(?:\.\d+)+")


def choose_pytorch(
    machine: Machine, gpus: Gpus, target: Target, wheels: Iterable[Wheel], *, sparing: bool = True
) -> BuildPlan | Missing:
    """The best of the wheels for that Python, or why there is none.

    A build that uses the GPUs comes first (all of them, then the most capable), then one that does
    not bring CUDA libraries in vain, then the newest release, then the user's own sources, then the
    newest CUDA. Without ``sparing``, the newest comes before one without such libraries, which is named.
    """
    offered = tuple(wheels)
    candidates = pytorch_candidates(machine, gpus, target, offered)
    takeable = [one for one in candidates if not one.refusal]
    if not takeable:
        return Missing(framework="pytorch", why=why_none("torch", offered, candidates, target))
    taken = max(takeable, key=lambda one: rank(one, machine, gpus, sparing=sparing))
    others = turned_down(candidates, taken)
    if taken.large and not taken.devices:
        others = (*_elsewhere(offered, target), *others)
    made = plan(taken, machine, gpus, target, others)
    return replace(made, warnings=(*_smaller(taken, takeable), *made.warnings))


def _smaller(taken: Candidate, takeable: list[Candidate]) -> tuple[str, ...]:
    """The newest build without CUDA libraries, where one with them is taken in vain."""
    small = max((one.version for one in takeable if not one.large), default=None)
    return (f"{small} is the newest without them",) if taken.large and not taken.devices and small else ()


def variant_of(wheel: Wheel, version: Version, platform: str) -> str:
    """``cpu``, ``cu126``, ``rocm7.2``, ``xpu``: from the local version, else what the ordinary index has.

    "" where it is another kind of build, or a release that the tables do not know.
    """
    if version.local:
        return version.local if _VARIANT.fullmatch(version.local) else ""
    if wheel.source.kind == "pytorch" and wheel.source.variant:
        return wheel.source.variant
    if not platform.startswith("linux"):
        return "cpu"  # the ordinary index never had another kind for Windows and macOS
    release = tables.torch().release(version)
    return release.pypi.get(platform, "") if release else ""


def pytorch_candidates(
    machine: Machine, gpus: Gpus, target: Target, wheels: tuple[Wheel, ...]
) -> tuple[Candidate, ...]:
    """Every wheel that the Python accepts, with the GPUs that it would use and what stands against it."""
    fitting = [
        (wheel, version)
        for wheel in wheels
        if (version := stable_version(wheel)) is not None and target.accepts(wheel)
    ]
    shadows = {v.public: v for wheel, v in fitting if v.local and wheel.source.kind != "pytorch"}
    return tuple(_candidate(wheel, version, machine, gpus, target, shadows) for wheel, version in fitting)


def _candidate(
    wheel: Wheel, version: Version, machine: Machine, gpus: Gpus, target: Target, shadows: dict[str, Version]
) -> Candidate:
    variant = variant_of(wheel, version, target.platform)
    candidate = Candidate(wheel=wheel, version=version, variant=variant)
    release = tables.torch().release(version)
    if not variant:
        return replace(candidate, refusal="what it was built for is not known to this version of scaffold")
    floor = release.glibc_needed(variant, target.platform) if release else None
    if floor and not target.has_glibc(floor):
        return replace(candidate, refusal=f"needs glibc {floor}, here is {target.host.libc or 'none'}")
    if not version.local and wheel.source.kind != "pytorch" and version.public in shadows:
        other = shadows[version.public]
        return replace(candidate, refusal=f"an installer that is asked for {version} takes {other} instead")
    if variant == "cpu":
        return candidate
    devices, obstacle = _gpu_use(version, variant, machine, gpus, target)
    if not devices and not variant_major(variant):
        # An ROCm or XPU build on any other machine is no CPU build that is merely large.
        return replace(candidate, refusal=obstacle, large=True, foreign=_is_foreign(variant, machine))
    return replace(candidate, devices=devices, gpu_obstacle=obstacle, large=True)


def _gpu_use(
    version: Version, variant: str, machine: Machine, gpus: Gpus, target: Target
) -> tuple[tuple[Accelerator, ...], str]:
    """The GPUs that a build would run on, or what stands in the way of every one."""
    if variant.startswith("rocm"):
        return rocm_use(variant, target.platform, amd_gpus(machine))
    if variant == "xpu":
        return xpu_use(version, machine, target.platform)
    return _cuda_use(version, variant, gpus, target)


def _is_foreign(variant: str, machine: Machine) -> bool:
    vendor = "amd" if variant.startswith("rocm") else "intel"
    return all(one.vendor != vendor for one in machine.accelerators)


def _cuda_use(
    version: Version, variant: str, gpus: Gpus, target: Target
) -> tuple[tuple[Accelerator, ...], str]:
    """The three keys: driver, machine code, cuDNN."""
    if not gpus.devices:
        return (), f"brings CUDA libraries, and {gpus.why or 'no GPU here can use them'}"
    major = variant_major(variant)
    if major > gpus.cuda:
        needed = driver_needed(major, windows=gpus.windows)
        return (), f"CUDA {major} needs driver {needed}, here is {gpus.driver or 'an older one'}"
    kernels = tables.torch().kernels_of(version, variant, target.platform)
    if not kernels:
        return (), "which GPUs it holds machine code for is not known to this version of scaffold"
    devices = covered(kernels, gpus.devices)
    if not devices:
        return (), f"has no machine code for {names(gpus.devices)}"
    release = tables.torch().release(version)
    cudnn = release.cudnn.get(variant) if release else None
    able = tuple(one for one in devices if cudnn_supports(cudnn, one.capability))
    return able, "" if able else f"its cuDNN {cudnn} no longer runs on {names(devices)}"


def rank(one: Candidate, machine: Machine, gpus: Gpus, *, sparing: bool = True) -> tuple[object, ...]:
    """What makes one build better than another: more is better, the first difference decides."""
    in_use = bool(one.devices) or not one.large  # it brings nothing that nobody uses
    present = {"cuda": len(gpus.devices), "rocm": len([a for a in amd_gpus(machine) if not a.integrated])}
    return (
        one.standing,
        bool(one.devices) and len(one.devices) >= present.get(one.device, 0),
        most_capable(one.devices) if one.device == "cuda" else (0, 0),
        len(one.devices),
        in_use or not sparing,
        one.version.release,
        in_use,
        _standing_of_source(one),
        _toolkit(one.variant),
        one.near,
    )


def _standing_of_source(one: Candidate) -> int:
    """Of the same release in several places: the ordinary index for a GPU, so that one index serves all.

    A CPU build rather from PyTorch's: its local version keeps it what it is, in every lock and on Linux too.
    """
    order = ("pytorch", "index", "find-links") if one.large else ("index", "pytorch", "find-links")
    return order.index(one.kind)


def _toolkit(variant: str) -> tuple[int, ...]:
    """The newer CUDA or ROCm of two builds of the same release."""
    if variant_major(variant):
        return (int(variant.removeprefix("cu")),)
    return tuple(map(int, variant.removeprefix("rocm").split("."))) if variant.startswith("rocm") else ()


def _elsewhere(wheels: tuple[Wheel, ...], target: Target) -> tuple[TurnedDown, ...]:
    """The CPU builds that another Python could have: what a plan that costs gigabytes must tell."""
    small = [
        (version, wheel)
        for wheel in wheels
        if (version := stable_version(wheel))
        and variant_of(wheel, version, target.platform) == "cpu"
        and any(replace(target, python=python).accepts(wheel) for python in pythons_of(wheel))
    ]
    newest = max(small, key=lambda pair: pair[0], default=None)
    if newest is None:
        return ()
    version, wheel = newest
    why = f"only for Python {', '.join(pythons_of(wheel))}"
    return (TurnedDown(version=version.public, variant="cpu", why=why),)
