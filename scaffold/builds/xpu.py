"""PyTorch on Intel GPUs: which devices the XPU builds support."""

from __future__ import annotations

from packaging.version import Version

from scaffold.builds import tables
from scaffold.machine.model import Accelerator, Machine


def intel_gpus(machine: Machine) -> tuple[Accelerator, ...]:
    """Intel's GPUs that a program can use and that the XPU builds have code for."""
    return tuple(one for one in machine.usable("intel") if one.capability in tables.xpu().devices)


def xpu_use(version: Version, machine: Machine, platform: str) -> tuple[tuple[Accelerator, ...], str]:
    """The GPUs that an XPU build would run on, or what stands in the way of every one."""
    table, gpus = tables.xpu(), intel_gpus(machine)
    if not gpus:
        return (), xpu_obstacle(machine) or "is made for Intel GPUs, and there is none for it"
    if platform not in table.platforms:
        return (), "PyTorch publishes XPU builds for x86-64 only"
    if version.public not in table.releases:
        return (), "what it supports is not known to this version of scaffold"
    if machine.host.wsl and version < table.wsl_from:
        return (), f"XPU builds run in WSL from {table.wsl_from}"
    cards = tuple(one for one in gpus if not one.integrated)
    return cards or gpus, ""


def xpu_obstacle(machine: Machine) -> str:
    """Why the Intel graphics of a machine is not used, where there is some; "" otherwise."""
    served = intel_gpus(machine)
    if served:
        return f"XPU builds lie on PyTorch's own index alone, here is {served[0].name}"
    others = [one for one in machine.usable("intel") if one.capability not in tables.xpu().devices]
    return f"{others[0].name} is none of the devices that PyTorch's XPU builds support" if others else ""
