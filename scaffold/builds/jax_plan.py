"""Say of a chosen JAX what is installed, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.builds import tables
from scaffold.builds.candidates import Candidate, names
from scaffold.builds.cuda import Gpus, cuda_environment, cudnn_limit
from scaffold.builds.jax_parts import Parts
from scaffold.builds.model import BuildPlan, TurnedDown
from scaffold.builds.rows import Confidence
from scaffold.machine.model import Accelerator, Machine
from scaffold.machine.nvidia_names import last_branch

_MEGABYTE = 10**6

#: JAX takes three quarters of a GPU's memory when it starts, whoever else is to compute there.
#: Source: JAX's docs/gpu_memory_allocation.rst.
_SHARED_MEMORY = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def plan(
    taken: Candidate,
    parts: Parts,
    machine: Machine,
    gpus: Gpus,
    why_cpu: str,
    others: tuple[TurnedDown, ...],
    beside: tuple[BuildPlan, ...],
) -> BuildPlan:
    """The plan of a candidate; ``why_cpu`` is what keeps JAX from the GPU, where it does not use one."""
    row = tables.jax().cuda_of(taken.variant)
    extra = f"[{row.extra}]" if row else ""
    neighbours = tuple(one for one in beside if one.device == "cuda") if taken.devices else ()
    return BuildPlan(
        framework="jax",
        package="jax",
        version=taken.version.public,
        variant=taken.variant,
        requirement=f"jax{extra}=={taken.version}",
        device=taken.device,
        source=taken.source,
        source_kind=taken.kind,
        companions=(_keras(parts.target.python),),
        constraints=_constraints(taken),
        download_size=_size(taken, parts),
        large=taken.large,
        reasons=tuple(_reasons(taken, gpus, why_cpu, neighbours)),
        turned_down=others,
        warnings=tuple(_warnings(taken, parts, machine, gpus, neighbours)),
        confidence=_confidence(taken, machine, neighbours),
        environment=_environment(taken, machine, neighbours),
    )


def _environment(taken: Candidate, machine: Machine, neighbours: tuple[BuildPlan, ...]) -> Mapping[str, str]:
    if not taken.devices:
        return {}
    return {**cuda_environment(machine, taken.devices), **(_SHARED_MEMORY if neighbours else {})}


def _keras(python: str) -> str:
    table = tables.keras()
    return table.companion.get(python, f"keras>={table.floor}")


def _constraints(taken: Candidate) -> tuple[str, ...]:
    """The ceiling of cuDNN for old cards: the extra asks for a range that goes beyond it."""
    row, limit = tables.jax().cuda_of(taken.variant), cudnn_limit(taken.devices)
    return (f"{row.cudnn}<{limit}",) if row and limit else ()


def _size(taken: Candidate, parts: Parts) -> int | None:
    """Bytes of the wheels that are JAX's own, by the sources where they tell all, else by the tables."""
    row = tables.jax().cuda_of(taken.variant)
    compiled = parts.fitting("jaxlib", taken.version) if row else parts.jaxlib(taken.version)
    plugins = [parts.fitting(project, taken.version) for project in (row.projects if row else ())]
    told = [wheel.size for wheel in (taken.wheel, compiled, *plugins) if wheel is not None]
    sizes = [size for size in told if size is not None]
    if len(sizes) == len(told):
        return sum(sizes)
    release, platform = tables.jax().release(taken.version), parts.target.platform
    if release is None or platform not in release.size_mb:
        return None
    plugin = release.plugin_mb.get(taken.variant, {}).get(platform, 0)
    return (release.size_mb[platform] + plugin) * _MEGABYTE


def _reasons(taken: Candidate, gpus: Gpus, why_cpu: str, neighbours: tuple[BuildPlan, ...]) -> Iterator[str]:
    newest = f"JAX {taken.version} is the newest that fits, from {taken.whence}"
    if not taken.devices:
        yield f"on the CPU: {why_cpu}"
        yield newest
        return
    yield gpus.why
    yield f"{taken.variant} holds machine code for {names(taken.devices)}"
    yield newest
    limit = cudnn_limit(taken.devices)
    if limit:
        yield f"cuDNN {limit} dropped {names(_below(taken.devices))}: an older one is asked for"
    for one in neighbours:
        yield f"it takes the same CUDA libraries as {one.package} {one.version} ({one.variant})"


def _below(devices: tuple[Accelerator, ...]) -> tuple[Accelerator, ...]:
    """The devices that the newest cuDNN does not run on."""
    return tuple(one for one in devices if cudnn_limit((one,)))


def _warnings(
    taken: Candidate, parts: Parts, machine: Machine, gpus: Gpus, neighbours: tuple[BuildPlan, ...]
) -> Iterator[str]:
    target, floor = parts.target, tables.keras().floor
    yield from gpus.doubts
    if not _keras(target.python).endswith(floor):
        yield f"Python {target.python} has no Keras {floor}: an older one with known holes is used"
    if target.host.os == "windows":
        yield "JAX calls its builds for Windows experimental"
    if not taken.devices:
        return
    if machine.host.wsl:
        yield "JAX calls its use of GPUs in WSL experimental"
    left_out = [one for one in gpus.devices if one not in taken.devices]
    if left_out:
        branch = last_branch(left_out[0].capability)
        yield f"not used: {names(left_out)}" + (
            f"; {branch} is the last driver branch for it" if branch else ""
        )
    if any(one.status == "reboot_required" for one in taken.devices):
        yield "the GPU works again once the machine was restarted"
    if neighbours:
        setting = next(f"{name}={value}" for name, value in _SHARED_MEMORY.items())
        yield f"JAX takes three quarters of the GPU's memory when it starts: {setting} leaves it to both"


def _confidence(taken: Candidate, machine: Machine, neighbours: tuple[BuildPlan, ...]) -> Confidence:
    """Less sure of an unknown release, of what JAX calls experimental, of an old cuDNN."""
    release = tables.jax().release(taken.version)
    if release is None:
        return "medium"
    unsure = machine.host.wsl or neighbours or cudnn_limit(taken.devices)
    return "medium" if taken.devices and unsure else release.confidence
