"""Choose a build of PyTorch for a machine, a Python and what can be had."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import (
    Candidate,
    names,
    stable_version,
    turned_down,
    unused_gpu,
    why_none,
)
from scaffold.builds.cuda import (
    Gpus,
    covered,
    cudnn_supports,
    driver_needed,
    last_branch,
    number,
    variant_major,
)
from scaffold.builds.model import BuildPlan, Device, Missing, TurnedDown
from scaffold.builds.rows import Confidence, Torch, TorchRelease
from scaffold.builds.wheels import Target, pythons_of
from scaffold.machine.model import Accelerator, Machine
from scaffold.sources.model import Wheel

#: The oldest macOS that PyTorch can use the GPU of.
_MPS_MACOS = Version("12.3")
_MEGABYTE = 10**6


def choose_pytorch(
    machine: Machine, gpus: Gpus, target: Target, wheels: Iterable[Wheel]
) -> BuildPlan | Missing:
    """The best of the wheels for that Python, or why there is none.

    A build that uses the GPUs comes first (all of them, then the most capable), then one that does
    not bring CUDA libraries in vain, then the newest release, then the user's own sources, then the
    newest CUDA.
    """
    offered = tuple(wheels)
    candidates = _candidates(offered, gpus, target)
    takeable = [one for one in candidates if not one.refusal]
    if not takeable:
        return Missing(framework="pytorch", why=why_none("torch", offered, candidates, target))
    taken = max(takeable, key=lambda one: _rank(one, gpus))
    others = turned_down(candidates, taken)
    if taken.large and not taken.devices:
        others = (*_elsewhere(offered, target), *others)
    return _plan(taken, machine, gpus, target, others)


def variant_of(wheel: Wheel, version: Version, platform: str) -> str:
    """``cpu`` or ``cu126``: from the local version, else what that release is on the ordinary index.

    "" where it is another kind of build, or a release that the tables do not know.
    """
    if version.local:
        return version.local if re.fullmatch(r"cpu|cu\d{3}", version.local) else ""
    if wheel.source.kind == "pytorch" and wheel.source.variant:
        return wheel.source.variant
    if not platform.startswith("linux"):
        return "cpu"  # the ordinary index never had another kind for Windows and macOS
    release = tables.torch().release(version)
    return release.pypi.get(platform, "") if release else ""


def _candidates(wheels: tuple[Wheel, ...], gpus: Gpus, target: Target) -> tuple[Candidate, ...]:
    fitting = [
        (wheel, version)
        for wheel in wheels
        if (version := stable_version(wheel)) is not None and target.accepts(wheel)
    ]
    shadows = {v.public: v for wheel, v in fitting if v.local and wheel.source.kind != "pytorch"}
    return tuple(_candidate(wheel, version, gpus, target, shadows) for wheel, version in fitting)


def _candidate(
    wheel: Wheel, version: Version, gpus: Gpus, target: Target, shadows: dict[str, Version]
) -> Candidate:
    variant = variant_of(wheel, version, target.platform)
    candidate = Candidate(wheel=wheel, version=version, variant=variant)
    release = tables.torch().release(version)
    if not variant:
        return replace(candidate, refusal="what it was built for is not known to this version of scaffold")
    if release and not target.has_glibc(release.glibc):
        here = target.host.libc or "none"
        return replace(candidate, refusal=f"needs glibc {release.glibc}, here is {here}")
    if not version.local and wheel.source.kind != "pytorch" and version.public in shadows:
        other = shadows[version.public]
        return replace(candidate, refusal=f"an installer that is asked for {version} takes {other} instead")
    if not variant_major(variant):
        return candidate
    devices, obstacle = _gpu_use(version, variant, gpus, target)
    return replace(candidate, devices=devices, gpu_obstacle=obstacle, large=True)


def _gpu_use(
    version: Version, variant: str, gpus: Gpus, target: Target
) -> tuple[tuple[Accelerator, ...], str]:
    """The GPUs that a CUDA build would run on, or what stands in the way of every one."""
    if not gpus.devices:
        return (), "brings CUDA libraries, and there is no GPU for them"
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


def _rank(one: Candidate, gpus: Gpus) -> tuple[object, ...]:
    most_capable = max((number(device.capability) for device in one.devices), default=(0, 0))
    return (
        bool(one.devices) and len(one.devices) == len(gpus.devices),
        most_capable,
        len(one.devices),
        bool(one.devices) or not one.large,
        one.version.release,
        one.kind != "pytorch",
        int(one.variant.removeprefix("cu")) if variant_major(one.variant) else 0,
        one.near,
    )


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


def _plan(
    taken: Candidate, machine: Machine, gpus: Gpus, target: Target, others: tuple[TurnedDown, ...]
) -> BuildPlan:
    table = tables.torch()
    release = table.release(taken.version)
    in_vain = taken.large and not taken.devices
    return BuildPlan(
        framework="pytorch",
        package="torch",
        version=taken.version.public,
        variant=taken.variant,
        requirement=f"torch=={taken.version}",
        device=_device(taken, machine),
        source=taken.source,
        source_kind=taken.kind,
        constraints=("numpy<2",) if taken.version < table.numpy_2_from else (),
        download_size=taken.wheel.size or _typical_size(taken, target),
        large=taken.large,
        needs_consent=_consent(taken, table) if in_vain else "",
        reasons=_reasons(taken, machine, gpus),
        turned_down=others,
        warnings=_warnings(taken, machine, gpus, table),
        confidence=_confidence(taken, release),
    )


def _confidence(taken: Candidate, release: TorchRelease | None) -> Confidence:
    """What a release's CUDA builds hold may be less sure than that its CPU build runs."""
    if release is None:
        return "medium"
    return release.confidence if taken.devices else "high"


def _device(taken: Candidate, machine: Machine) -> Device:
    if taken.devices:
        return "cuda"
    apple = any(one.vendor == "apple" and one.status == "ok" for one in machine.accelerators)
    return "mps" if apple and Version(machine.host.os_version or "0") >= _MPS_MACOS else "cpu"


def _consent(taken: Candidate, table: Torch) -> str:
    return (
        f"the only PyTorch that can be had here is a {taken.variant} build: it brings about "
        f"{table.cuda_libraries_gb} GB of CUDA libraries that this machine cannot use"
    )


def _reasons(taken: Candidate, machine: Machine, gpus: Gpus) -> tuple[str, ...]:
    newest = f"{taken.version} is the newest that fits, from {taken.whence}"
    if taken.devices:
        return gpus.why, f"{taken.variant} holds machine code for {names(taken.devices)}", newest
    if _device(taken, machine) == "mps":
        return f"{machine.accelerators[0].name}: PyTorch uses its GPU through Metal (MPS)", newest
    why = "no build that can be had here uses the GPU" if gpus.devices else unused_gpu(machine, gpus.why)
    return f"on the CPU: {why}", newest


def _warnings(taken: Candidate, machine: Machine, gpus: Gpus, table: Torch) -> tuple[str, ...]:
    warnings = []
    if taken.version < table.floor:
        warnings.append(f"PyTorch {taken.version.public} is older than {table.floor}: {table.floor_why}")
    left_out = [one for one in gpus.devices if one not in taken.devices]
    if left_out:
        branch = last_branch(left_out[0].capability)
        advice = f"; {branch} is the last driver branch for it" if branch else ""
        warnings.append(f"not used: {names(left_out)}{advice}")
    if any(one.status == "reboot_required" for one in taken.devices):
        warnings.append("the GPU works again once the machine was restarted")
    if machine.host.translated:
        warnings.append("this Python runs under Rosetta: an arm64 Python is needed for the Mac's GPU")
    return tuple(warnings)


def _typical_size(taken: Candidate, target: Target) -> int | None:
    table = tables.torch()
    release = table.release(taken.version)
    megabytes = table.cpu_mb.get(target.platform) if taken.variant == "cpu" else None
    if release and release.pypi.get(target.platform) == taken.variant:
        megabytes = release.size_mb.get(target.platform)
    return megabytes * _MEGABYTE if megabytes else None
