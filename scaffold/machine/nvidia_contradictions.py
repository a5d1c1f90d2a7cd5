"""Where NVIDIA's libraries, module and files do not fit together."""

from __future__ import annotations

import re

from scaffold.machine.nvidia_answers import Answer
from scaffold.machine.nvidia_traces import PACKAGED, WSL_FOLDER, Traces
from scaffold.system import System


def same_version(one: str, other: str) -> bool:
    """Whether two version numbers agree as far as both go.

    >>> same_version("580.95.05", "580.95"), same_version("580.9.5", "580.95.05")
    (True, False)
    """
    return all(a == b for a, b in zip(_numbers(one), _numbers(other), strict=False))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def contradictions(
    system: System, traces: Traces, cuda: Answer | None, management: Answer | None
) -> tuple[str, ...]:
    """What the sources say against one another, and which of them to believe."""
    notes = []
    told = management.driver if management else ""
    if traces.module and told and not same_version(told, traces.module):
        notes.append(
            f"NVIDIA's kernel module is of version {traces.module}, its libraries of {told}: "
            "restart the machine"
        )
    notes += shadowing(system)
    if cuda and cuda.path and "/compat/" in cuda.path:
        notes.append(
            f"Programs load {cuda.path}, a compatibility libcuda that comes before the driver's own: "
            "take its folder out of LD_LIBRARY_PATH unless your site asks for it"
        )
    return tuple(notes)


def shadowing(system: System) -> tuple[str, ...]:
    """A Linux driver that was installed inside WSL comes before Windows' own on the loader's path."""
    if not system.exists("/dev/dxg"):
        return ()
    packaged = [folder for folder in PACKAGED if system.exists(f"{folder}/libcuda.so.1")]
    return tuple(
        f"A Linux driver in {folder} hides Windows' libcuda in {WSL_FOLDER}: remove it "
        "(sudo apt purge 'libnvidia-compute-*' 'nvidia-driver-*')"
        for folder in packaged[:1]
    )
