"""A chosen build of PyTorch as a plan: what to install, from where, and everything to say about it."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.version import Version

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate, names, unused_gpu
from scaffold.builds.cuda import Gpus, cuda_environment
from scaffold.builds.model import BuildPlan, Device, TurnedDown
from scaffold.builds.rocm import rocm_advice, rocm_environment, rocm_obstacle
from scaffold.builds.rows import Confidence, Torch, TorchRelease
from scaffold.builds.wheels import Target
from scaffold.builds.xpu import xpu_obstacle
from scaffold.machine.model import Machine
from scaffold.machine.nvidia_names import last_branch

_MEGABYTE = 10**6


def plan(
    taken: Candidate, machine: Machine, gpus: Gpus, target: Target, others: tuple[TurnedDown, ...]
) -> BuildPlan:
    """The plan of a candidate; ``others`` are the builds that were turned down for it."""
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
        companions=_compiler(taken),
        constraints=("numpy<2",) if taken.version < table.numpy_2_from else (),
        download_size=taken.wheel.size or _typical_size(taken, target),
        large=taken.large,
        needs_consent=_consent(taken, table) if in_vain else "",
        reasons=_reasons(taken, machine, gpus, target),
        turned_down=others,
        warnings=_warnings(taken, machine, gpus, table),
        confidence=_confidence(taken, release, gpus),
        environment=_environment(taken, machine),
    )


def _compiler(taken: Candidate) -> tuple[str, ...]:
    """The Triton of an ROCm or XPU build: it lies on the same index, and must be asked for there."""
    known = {"rocm": tables.rocm().triton, "xpu": tables.xpu().triton}.get(taken.device, ())
    return tuple(package for releases, package in known if taken.version.public in releases)


def _confidence(taken: Candidate, release: TorchRelease | None, gpus: Gpus) -> Confidence:
    """What a release's GPU builds hold may be less sure than that its CPU build runs."""
    if gpus.doubts and not taken.devices:
        return "low"
    if release is None or taken.device in {"rocm", "xpu"}:
        return "medium"
    return release.confidence if taken.devices else release.confidence_on_cpu


def _device(taken: Candidate, machine: Machine) -> Device:
    if taken.devices:
        return taken.device
    apple = any(one.vendor == "apple" and one.status == "ok" for one in machine.accelerators)
    return "mps" if apple and _macos(machine) >= tables.torch().metal_macos else "cpu"


def _macos(machine: Machine) -> Version:
    """14.5; the oldest where nobody tells, because an old system has no Metal for it."""
    digits = machine.host.os_version.rpartition(" ")[2]
    return Version(digits) if digits.replace(".", "").isdecimal() else Version("0")


def _consent(taken: Candidate, table: Torch) -> str:
    return (
        f"the only PyTorch that can be had here is a {taken.variant} build: it brings about "
        f"{table.cuda_libraries_gb} GB of CUDA libraries that this machine cannot use"
    )


def _reasons(taken: Candidate, machine: Machine, gpus: Gpus, target: Target) -> tuple[str, ...]:
    newest = f"{taken.version} is the newest that fits, from {taken.whence}"
    if taken.device == "cuda":
        return gpus.why, f"{taken.variant} holds machine code for {names(taken.devices)}", newest
    if taken.device == "xpu":
        family = tables.xpu().devices[taken.devices[0].capability]
        return f"PyTorch's XPU builds support {taken.devices[0].name} ({family})", newest
    if taken.device == "rocm":
        return f"{taken.variant} holds machine code for {names(taken.devices)}", newest
    if _device(taken, machine) == "mps":
        chip = next(one for one in machine.accelerators if one.vendor == "apple")
        return f"{chip.name}: PyTorch uses its GPU through Metal (MPS)", newest
    return f"on the CPU: {_why_cpu(machine, gpus, target)}", newest


def _why_cpu(machine: Machine, gpus: Gpus, target: Target) -> str:
    if machine.host.board and any(one.vendor == "nvidia" for one in machine.accelerators):
        return f"no build here is made for {machine.host.board}; NVIDIA has wheels of its own for JetPack"
    if gpus.devices:
        return "no build that can be had here uses the GPU"
    chip = next((one for one in machine.accelerators if one.vendor == "apple"), None)
    if chip:
        here = machine.host.os_version or "an unknown one"
        return f"the GPU of {chip.name} needs macOS {tables.torch().metal_macos}, here is {here}"
    stopped = any(one.status != "ok" for one in machine.accelerators if one.vendor != "intel")
    other = "" if stopped else rocm_obstacle(machine, target.platform) or xpu_obstacle(machine)
    return other or unused_gpu(machine, gpus.why)


def _environment(taken: Candidate, machine: Machine) -> Mapping[str, str]:
    """Variables that keep programs off the GPUs that this build does not run on."""
    if taken.device == "rocm":
        return rocm_environment(machine, taken.devices)
    return cuda_environment(machine, taken.devices) if taken.device == "cuda" else {}


def _warnings(taken: Candidate, machine: Machine, gpus: Gpus, table: Torch) -> tuple[str, ...]:
    warnings = []
    if taken.version < table.floor:
        warnings.append(f"PyTorch {taken.version.public} is older than {table.floor}: {table.floor_why}")
    left_out = [one for one in gpus.devices if one not in taken.devices] if taken.device != "rocm" else []
    if left_out:
        branch = last_branch(left_out[0].capability)
        advice = f"; {branch} is the last driver branch for it" if branch else ""
        warnings.append(f"not used: {names(left_out)}{advice}")
    warnings += gpus.doubts
    if any(one.status == "reboot_required" for one in taken.devices):
        warnings.append("the GPU works again once the machine was restarted")
    if machine.host.translated:
        warnings.append("this Python runs under Rosetta: an arm64 Python is needed for the Mac's GPU")
    return (*warnings, *rocm_advice(machine, taken.devices if taken.device == "rocm" else ()))


def _typical_size(taken: Candidate, target: Target) -> int | None:
    table = tables.torch()
    release = table.release(taken.version)
    megabytes = table.cpu_mb.get(target.platform) if taken.variant == "cpu" else None
    if release and release.pypi.get(target.platform) == taken.variant:
        megabytes = release.size_mb.get(target.platform)
    return megabytes * _MEGABYTE if megabytes else None
