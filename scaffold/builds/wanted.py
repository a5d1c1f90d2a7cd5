"""Which listings are worth asking for, before anything is known of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scaffold.builds import tables
from scaffold.builds.choice import IndexPolicy
from scaffold.builds.cuda import covered, usable_gpus, variant_major
from scaffold.builds.model import Framework
from scaffold.builds.rocm import amd_gpus
from scaffold.builds.xpu import intel_gpus
from scaffold.machine.model import Machine


class Wanted(NamedTuple):
    """A project to ask the user's sources for, and the variants of PyTorch's own index to ask besides."""

    project: str
    variants: tuple[str, ...] = ()


def candidate_projects(
    machine: Machine, frameworks: Sequence[Framework], *, index_policy: IndexPolicy = "auto"
) -> tuple[Wanted, ...]:
    """The projects whose listings a choice needs, with the variants that could run on this machine."""
    wanted: list[Wanted] = []
    if "pytorch" in frameworks:
        wanted.append(Wanted("torch", _variants(machine) if index_policy == "auto" else ()))
    if "keras" in frameworks:
        x86 = machine.host.architecture == "x86_64" and machine.host.os != "macos"
        wanted += [Wanted("tensorflow-cpu")] if x86 else []
        wanted.append(Wanted("tensorflow"))
    return tuple(wanted)


def _variants(machine: Machine) -> tuple[str, ...]:
    """Newest CUDA first, the CPU build last; none on macOS, where there is one build for all."""
    if machine.host.os == "macos":
        return ()
    table, platform = tables.torch(), f"{machine.host.os}_{machine.host.architecture}"
    gpus = usable_gpus(machine)
    cuda = [
        row.variant
        for name in table.variants(platform)
        for row in table.kernels
        if (row.variant, row.platform) == (name, platform)
        and variant_major(name) <= gpus.cuda
        and covered(row.capabilities, gpus.devices)
    ]
    others = _rocm(machine, platform)
    others += ("xpu",) if intel_gpus(machine) and platform in tables.xpu().platforms else ()
    # The ordinary index holds a CPU build for Windows: PyTorch's need not be asked for that.
    return (*dict.fromkeys(cuda), *others, *(("cpu",) if machine.host.os == "linux" else ()))


def _rocm(machine: Machine, platform: str) -> tuple[str, ...]:
    """The ROCm builds with machine code for some AMD GPU, the newest two: each is an index to ask."""
    table = tables.rocm()
    here = {one.capability for one in amd_gpus(machine)}
    fits = [f"rocm{name}" for name, served in table.kernels.items() if here & set(served)]
    return tuple(fits[:2]) if platform in table.platforms else ()
