"""A chosen build of TensorFlow as a plan: what to install, from where, and everything to say about it."""

from __future__ import annotations

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate, names
from scaffold.builds.cuda import Gpus, covers, cuda_environment, number
from scaffold.builds.model import BuildPlan, TurnedDown
from scaffold.builds.rows import Confidence, TensorflowRelease
from scaffold.builds.wheels import Target
from scaffold.machine.model import Machine

_MEGABYTE = 10**6


def plan(
    taken: Candidate,
    machine: Machine,
    gpus: Gpus,
    target: Target,
    obstacle: str,
    others: tuple[TurnedDown, ...],
) -> BuildPlan:
    """The plan of a candidate; ``obstacle`` is what keeps TensorFlow from the GPU."""
    package = taken.wheel.project
    release = tables.tensorflow().release(taken.version)
    instead = _instead(taken, release, target)
    extra = "[and-cuda]" if taken.devices and not instead else ""
    return BuildPlan(
        framework="keras",
        package=package,
        version=taken.version.public,
        variant=taken.variant,
        requirement=f"{package}{extra}=={taken.version}",
        device="cuda" if taken.devices else "cpu",
        source=taken.source,
        source_kind=taken.kind,
        companions=(*_keras(taken, target.python), *instead),
        constraints=_constraints(taken, release),
        download_size=taken.wheel.size or _typical_size(taken, target),
        large=taken.large,
        reasons=_reasons(taken, gpus, obstacle, release),
        turned_down=others,
        warnings=_warnings(taken, machine, gpus, target, release),
        confidence=_confidence(taken, gpus),
        environment=cuda_environment(machine, taken.devices) if taken.devices else {},
    )


def _instead(taken: Candidate, release: TensorflowRelease | None, target: Target) -> tuple[str, ...]:
    """CUDA's libraries by name, for a Python that the extra cannot be resolved for."""
    if not taken.devices or release is None or not release.extra_python:
        return ()
    return () if target.python in release.extra_python else release.instead


def _keras(taken: Candidate, python: str) -> tuple[str, ...]:
    """Keras 3; a TensorFlow from before it brings its own."""
    table = tables.keras()
    if taken.version < tables.tensorflow().floor:
        return ()
    return (table.companion.get(python, f"keras>={table.floor}"),)


def _constraints(taken: Candidate, release: TensorflowRelease | None) -> tuple[str, ...]:
    """The cuDNN ceiling for old cards, where the extra asks for a range; NumPy where nobody limits it."""
    table = tables.tensorflow()
    old = any(number(one.capability) < number(table.cudnn_below) for one in taken.devices)
    ranged = release is None or release.libraries == "range"
    numpy = (release.numpy,) if release and release.numpy else ()
    return (*((table.cudnn_constraint,) if old and ranged else ()), *numpy)


def _reasons(
    taken: Candidate, gpus: Gpus, obstacle: str, release: TensorflowRelease | None
) -> tuple[str, ...]:
    newest = f"TensorFlow {taken.version} is the newest that fits, from {taken.whence}"
    if not taken.devices:
        why = obstacle or taken.gpu_obstacle or "no GPU build of TensorFlow can be had here"
        return f"on the CPU: {why}", newest
    reasons = [gpus.why, f"it runs on {names(taken.devices)}", newest]
    if tables.tensorflow().cudnn_constraint in _constraints(taken, release):
        below = tables.tensorflow().cudnn_below
        reasons.append(f"cuDNN 9.11 dropped GPUs below {below}: an older one is asked for")
    return tuple(reasons)


def _warnings(
    taken: Candidate, machine: Machine, gpus: Gpus, target: Target, release: TensorflowRelease | None
) -> tuple[str, ...]:
    floor, companions = tables.keras().floor, _keras(taken, target.python)
    warnings = [*gpus.doubts]
    left_out = [one for one in gpus.devices if one not in taken.devices] if taken.devices else []
    if left_out:
        warnings.append(f"not used: {names(left_out)}")
    if any(one.status == "reboot_required" for one in taken.devices):
        warnings.append("the GPU works again once the machine was restarted")
    if not companions:
        warnings.append(
            f"TensorFlow {taken.version} is too old for Keras 3 (from {tables.tensorflow().floor})"
        )
    elif not companions[0].endswith(floor):
        warnings.append(f"Python {target.python} has no Keras {floor}: an older one with known holes is used")
    if release and any(by_ptx(release, one.capability) for one in taken.devices):
        warnings.append("the first start is slow: the driver compiles TensorFlow's kernels for this GPU")
        if machine.cuda_driver and number(machine.cuda_driver) < number(release.cuda):
            warnings.append(
                f"the driver speaks CUDA {machine.cuda_driver} and may refuse to compile what CUDA "
                f"{release.cuda} made: a newer driver is safer"
            )
    return tuple(warnings)


def _confidence(taken: Candidate, gpus: Gpus) -> Confidence:
    """The kernels of the GPU builds are known from TensorFlow's build settings, not from the wheels."""
    release = tables.tensorflow().release(taken.version)
    if gpus.doubts and not taken.devices:
        return "low"
    if release is None:
        return "medium"
    if not taken.devices:
        return release.confidence_on_cpu
    return "low" if release.confidence == "low" else "medium"


def _typical_size(taken: Candidate, target: Target) -> int | None:
    release = tables.tensorflow().release(taken.version)
    if release is None:
        return None
    sizes = release.cpu_size_mb if taken.wheel.project == "tensorflow-cpu" else release.size_mb
    megabytes = sizes.get(target.platform)
    return megabytes * _MEGABYTE if megabytes else None


def by_ptx(release: TensorflowRelease, capability: str) -> bool:
    """Whether the driver would compile for that device: TensorFlow holds no machine code for Hopper."""
    if not release.ptx or any(covers(code, capability) for code in release.kernels):
        return False
    return number(capability)[0] == number(release.ptx)[0] and number(capability) >= number(release.ptx)
