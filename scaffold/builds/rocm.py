"""PyTorch on AMD: which GPUs a ROCm build runs on, and what keeps it from the others."""

from __future__ import annotations

from collections.abc import Mapping

from scaffold.builds import tables
from scaffold.builds.candidates import names
from scaffold.machine.model import Accelerator, Machine


def amd_gpus(machine: Machine) -> tuple[Accelerator, ...]:
    """AMD's GPUs that a program can use, whose architecture is known."""
    return tuple(one for one in machine.usable("amd") if one.capability.startswith("gfx"))


def rocm_use(
    variant: str, platform: str, gpus: tuple[Accelerator, ...]
) -> tuple[tuple[Accelerator, ...], str]:
    """The GPUs that a ROCm build (``rocm7.2``) would run on, or what stands in the way of every one.

    Where a card of its own is served, the graphics part of a processor beside it is left out: a network
    that is split over both runs at the speed of the slower.
    """
    if not gpus:
        return (), "is made for AMD GPUs, and there is none for it"
    if platform not in tables.rocm().platforms:
        return (), "PyTorch publishes ROCm builds for Linux on x86-64 only"
    there = tables.rocm().kernels.get(variant.removeprefix("rocm"))
    if there is None:
        return (), "which GPUs it holds machine code for is not known to this version of scaffold"
    served = tuple(one for one in gpus if one.capability in there)
    cards = tuple(one for one in served if not one.integrated)
    why = f"has no machine code for {', '.join(one.capability for one in gpus)}"
    return cards or served, "" if served else why


def rocm_obstacle(machine: Machine, platform: str) -> str:
    """Why no build of PyTorch uses the AMD GPUs of a machine, where there are some; "" otherwise."""
    gpus = amd_gpus(machine)
    unknown = [one for one in machine.usable("amd") if one not in gpus]
    if not gpus:
        return f"the architecture (gfx) of {unknown[0].name} is not known" if unknown else ""
    named = names(gpus)
    if platform.startswith("windows"):
        return f"PyTorch publishes ROCm builds for Linux only (AMD has wheels for Windows), here is {named}"
    if platform not in tables.rocm().platforms:
        return f"PyTorch publishes ROCm builds for Linux on x86-64 only, here is {named}"
    if any(one.capability in served for one in gpus for served in tables.rocm().kernels.values()):
        return f"ROCm builds lie on PyTorch's own index alone, here is {named}"
    return f"no ROCm build of PyTorch holds machine code for {named}"


def rocm_advice(machine: Machine, used: tuple[Accelerator, ...]) -> tuple[str, ...]:
    """What others do with a GPU that is not served: offered in words, never set."""
    left = [one for one in amd_gpus(machine) if one not in used]
    override = tables.rocm().override
    return tuple(
        f"{one.name} ({one.capability}) is not served by PyTorch's builds; some run it with "
        f"HSA_OVERRIDE_GFX_VERSION={override[one.capability]}, which AMD does not support"
        for one in left
        if one.capability in override and not (used and one.integrated)
    )


def rocm_environment(machine: Machine, used: tuple[Accelerator, ...]) -> Mapping[str, str]:
    """HIP_VISIBLE_DEVICES, where programs would otherwise see a GPU that the build does not run on."""
    if not used or len(used) == len(machine.usable("amd")):
        return {}
    return {"HIP_VISIBLE_DEVICES": ",".join(str(one.index) for one in used)}
