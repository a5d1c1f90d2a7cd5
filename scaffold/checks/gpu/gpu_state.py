"""GPUs that work, and give nothing or little to a new program: held, forbidden, split, with bad memory."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import GpuState
from scaffold.words import size

#: More of a GPU's memory than this held by others leaves training little; a desktop holds less.
_MOSTLY = 0.8

_SHOW = ("nvidia-smi", "--query-gpu=index,compute_mode,memory.used,memory.total", "--format=csv")


def open_to_programs(facts: Facts) -> Iterator[Finding]:
    """The compute mode lets a new program in."""
    closed = [one for one in heard.states(facts) if one.mode == "prohibited"]
    single = [one for one in heard.states(facts) if one.mode == "exclusive"]
    busy = obstacle(facts) == "exclusive"
    if busy or closed:
        mode = "prohibited" if closed else "exclusive" if single else ""
        yield Finding(
            id="gpu.exclusive",
            level="error",
            title="The GPU may not be used: its compute mode forbids every program"
            if closed
            else "The GPU is busy: one process may use it at a time, and one does"
            if single
            else "The GPU is busy or unavailable: another process holds it, or its compute mode forbids",
            cause="compute-mode-exclusive",
            evidence=_modes([*closed, *single]) or heard.answered(facts),
            remedy=Remedy(
                text=("the mode is " + mode + ": " if mode else "")
                + "end the process that holds it (nvidia-smi lists them), or let several in",
                commands=(_SHOW, ("sudo", "nvidia-smi", "-c", "DEFAULT")),
            ),
        )
    elif single:
        yield Finding(
            id="gpu.exclusive",
            level="info",
            title="The GPU's compute mode lets one process in at a time: a second training, or a notebook "
            "beside it, will fail",
            evidence=_modes(single),
            remedy=Remedy(text="let several in", commands=(("sudo", "nvidia-smi", "-c", "DEFAULT"),)),
        )


def _modes(gpus: list[GpuState]) -> tuple[Evidence, ...]:
    return tuple(Evidence(source=f"NVML, GPU {one.index}", value=f"compute mode {one.mode}") for one in gpus)


def memory_free(facts: Facts) -> Iterator[Finding]:
    """Nobody holds most of a GPU's memory already."""
    held = [one for one in heard.states(facts) if one.memory and one.used and one.used > _MOSTLY * one.memory]
    if not held:
        return
    every = len(held) == len(heard.states(facts))
    first = held[0]
    yield Finding(
        id="gpu.memory-held",
        level="warning" if every else "info",
        title=f"GPU {first.index} has {size(first.memory)} of memory, and other processes hold "
        f"{size(first.used)} of it",
        detail="A training started now will run out of memory, whatever its batch size.",
        cause="gpu-memory-held",
        evidence=tuple(
            Evidence(source=f"NVML, GPU {one.index}", value=f"{one.used} of {one.memory} bytes used")
            for one in held
        ),
        not_the_cause=("the size of the model or of the batch",),
        remedy=Remedy(
            text="end what holds it: an old notebook kernel, a run that was left behind"
            + ("" if every else "; or take another GPU (CUDA_VISIBLE_DEVICES)"),
            commands=(("nvidia-smi", "--query-compute-apps=pid,name,used_memory", "--format=csv"),),
        ),
    )


def memory_sound(facts: Facts) -> Iterator[Finding]:
    """No memory error that lost data since the driver was loaded."""
    sick = [one for one in heard.states(facts) if one.uncorrected]
    if not sick:
        return
    yield Finding(
        id="gpu.ecc",
        level="warning",
        title=f"GPU {sick[0].index} had {sick[0].uncorrected} memory errors since its driver was loaded that "
        "could not be corrected",
        detail="Programs that meet such a place fail (uncorrectable ECC error).",
        cause="gpu-memory-errors",
        evidence=tuple(
            Evidence(source=f"NVML, GPU {one.index}", value=f"uncorrected ECC errors: {one.uncorrected}")
            for one in sick
        ),
        remedy=Remedy(
            text="restart the machine or reset the GPU, so that the bad rows are replaced; where it comes "
            "back, "
            "the card must be",
            commands=(("nvidia-smi", "-q", "-d", "ECC,ROW_REMAPPER,PAGE_RETIREMENT"),),
        ),
    )


def has_slices(facts: Facts) -> Iterator[Finding]:
    """A GPU that is split (MIG) has slices that programs can use."""
    split = {one.index for one in heard.states(facts) if one.mig}
    hidden = [
        one for one in heard.nvidia(facts) if one.status == "hidden" and not one.masked and one.index in split
    ]
    if not hidden:
        return
    yield Finding(
        id="gpu.mig",
        level="error",
        title=f"{heard.named(hidden)} is split (MIG) and has no slice that a program could use",
        cause="mig-without-instances",
        evidence=heard.seen(hidden),
        not_the_cause=("PyTorch and the driver",),
        remedy=Remedy(
            text="create instances, or turn MIG off (sudo nvidia-smi -mig 0)",
            commands=(
                ("sudo", "nvidia-smi", "mig", "-lgip"),
                ("sudo", "nvidia-smi", "mig", "-cgi", "0", "-C"),
            ),
        ),
    )
