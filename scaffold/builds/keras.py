"""Choose a build of TensorFlow for Keras to run on."""

from __future__ import annotations

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
from scaffold.builds.cuda import Gpus, covers, number
from scaffold.builds.model import BuildPlan, Missing, TurnedDown
from scaffold.builds.rows import Confidence, TensorflowRelease
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine
from scaffold.sources.model import Wheel

_MEGABYTE = 10**6


def choose_keras(
    machine: Machine, gpus: Gpus, target: Target, wheels: Iterable[Wheel], *, beside_pytorch: bool
) -> BuildPlan | Missing:
    """The best TensorFlow for that Python, or why there is none.

    Beside a PyTorch that uses the GPU, TensorFlow stays on the CPU: the two bring different releases
    of the same CUDA libraries into the same folders, and no installer notices.
    """
    offered = tuple(wheels)
    obstacle = _gpu_obstacle(machine, gpus, target, beside_pytorch=beside_pytorch)
    candidates = tuple(
        _candidate(wheel, version, gpus if not obstacle else Gpus(), target)
        for wheel in offered
        if (version := stable_version(wheel)) is not None and target.accepts(wheel)
    )
    takeable = [one for one in candidates if not one.refusal]
    if not takeable:
        return Missing(framework="keras", why=why_none("tensorflow", offered, candidates, target))
    taken = max(takeable, key=_rank)
    return _plan(taken, machine, gpus, target, obstacle, turned_down(candidates, taken))


def _gpu_obstacle(machine: Machine, gpus: Gpus, target: Target, *, beside_pytorch: bool) -> str:
    """Why TensorFlow will not use a GPU here, whatever its release; "" where it could."""
    table = tables.tensorflow()
    if not gpus.devices:
        apple = any(one.vendor == "apple" for one in machine.accelerators)
        return "TensorFlow has no GPU build for macOS" if apple else unused_gpu(machine, gpus.why)
    if target.host.os == "windows":
        return "TensorFlow has had no GPU build for Windows since 2.10 (in WSL it has)"
    if target.platform not in table.gpu_platforms:
        return f"TensorFlow's wheels for {target.host.architecture} have no GPU support"
    if beside_pytorch:
        return "PyTorch has the GPU, and TensorFlow's CUDA libraries would overwrite PyTorch's beside it"
    if gpus.cuda < table.cuda:
        return f"TensorFlow needs a driver for CUDA {table.cuda}, here is {gpus.driver}"
    beyond = [one for one in gpus.devices if number(one.capability) > number(table.newest_capability)]
    return f"{table.newest_why}, here is {names(beyond)}" if beyond else ""


def _candidate(wheel: Wheel, version: Version, gpus: Gpus, target: Target) -> Candidate:
    table = tables.tensorflow()
    release = table.release(version)
    one = Candidate(wheel=wheel, version=version, variant="cpu")
    if version < table.floor:
        return replace(one, refusal=f"Keras 3 needs TensorFlow {table.floor}")
    if release and not target.has_glibc(release.glibc):
        return replace(one, refusal=f"needs glibc {release.glibc}, here is {target.host.libc or 'none'}")
    if not gpus.devices or wheel.project != "tensorflow" or release is None:
        return one
    able = tuple(device for device in gpus.devices if _runs_on(release, device.capability))
    if len(able) < len(gpus.devices):
        lacking = [device for device in gpus.devices if device not in able]
        return replace(one, gpu_obstacle=f"has no machine code for {names(lacking)}")
    return replace(one, devices=able, variant=f"cu{release.cuda.replace('.', '')}", large=True)


def _runs_on(release: TensorflowRelease, capability: str) -> bool:
    return any(covers(code, capability) for code in release.kernels) or _by_ptx(release, capability)


def _by_ptx(release: TensorflowRelease, capability: str) -> bool:
    """Whether the driver would compile for that device: TensorFlow holds no machine code for Hopper."""
    if any(covers(code, capability) for code in release.kernels):
        return False
    return number(capability)[0] == number(release.ptx)[0] and number(capability) >= number(release.ptx)


def _rank(one: Candidate) -> tuple[object, ...]:
    # Of the same release on the CPU, the smaller package: plain tensorflow is the CUDA build on x86-64.
    return bool(one.devices), one.version.release, one.wheel.project == "tensorflow-cpu", one.near


def _plan(
    taken: Candidate,
    machine: Machine,
    gpus: Gpus,
    target: Target,
    obstacle: str,
    others: tuple[TurnedDown, ...],
) -> BuildPlan:
    package = taken.wheel.project
    extra = "[and-cuda]" if taken.devices else ""
    return BuildPlan(
        framework="keras",
        package=package,
        version=taken.version.public,
        variant=taken.variant,
        requirement=f"{package}{extra}=={taken.version}",
        device="cuda" if taken.devices else "cpu",
        source=taken.source,
        source_kind=taken.kind,
        companions=(_companion(target.python),),
        constraints=_constraints(taken),
        download_size=taken.wheel.size or _typical_size(taken, target),
        large=taken.large,
        reasons=_reasons(taken, gpus, obstacle),
        turned_down=others,
        warnings=_warnings(taken, machine, target),
        confidence=_confidence(taken),
    )


def _companion(python: str) -> str:
    table = tables.keras()
    return table.companion.get(python, f"keras>={table.floor}")


def _constraints(taken: Candidate) -> tuple[str, ...]:
    table = tables.tensorflow()
    old = any(number(one.capability) < number(table.cudnn_below) for one in taken.devices)
    return (table.cudnn_constraint,) if old else ()


def _reasons(taken: Candidate, gpus: Gpus, obstacle: str) -> tuple[str, ...]:
    newest = f"TensorFlow {taken.version} is the newest that fits, from {taken.whence}"
    if not taken.devices:
        why = obstacle or taken.gpu_obstacle or "no GPU build of TensorFlow can be had here"
        return f"on the CPU: {why}", newest
    reasons = [gpus.why, f"it runs on {names(taken.devices)}", newest]
    if _constraints(taken):
        below = tables.tensorflow().cudnn_below
        reasons.append(f"cuDNN 9.11 dropped GPUs below {below}: an older one is asked for")
    return tuple(reasons)


def _warnings(taken: Candidate, machine: Machine, target: Target) -> tuple[str, ...]:
    warnings = []
    floor, companion = tables.keras().floor, _companion(target.python)
    if not companion.endswith(floor):
        warnings.append(f"Python {target.python} has no Keras {floor}: an older one with known holes is used")
    release = tables.tensorflow().release(taken.version)
    if release and any(_by_ptx(release, one.capability) for one in taken.devices):
        warnings.append("the first start is slow: the driver compiles TensorFlow's kernels for this GPU")
        if machine.cuda_driver and number(machine.cuda_driver) < number(release.cuda):
            warnings.append(
                f"the driver speaks CUDA {machine.cuda_driver} and may refuse to compile what CUDA "
                f"{release.cuda} made: a newer driver is safer"
            )
    return tuple(warnings)


def _confidence(taken: Candidate) -> Confidence:
    """The kernels of the GPU builds are known from TensorFlow's build settings, not from the wheels."""
    if taken.devices or tables.tensorflow().release(taken.version) is None:
        return "medium"
    return "high"


def _typical_size(taken: Candidate, target: Target) -> int | None:
    release = tables.tensorflow().release(taken.version)
    if release is None:
        return None
    sizes = release.cpu_size_mb if taken.wheel.project == "tensorflow-cpu" else release.size_mb
    megabytes = sizes.get(target.platform)
    return megabytes * _MEGABYTE if megabytes else None
