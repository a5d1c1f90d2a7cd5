"""Where a build can be proved from this shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scaffold.builds.model import BuildPlan, Device, Framework
from scaffold.machine.model import Machine, Vendor


def devices_seen(builds: Sequence[BuildPlan], machine: Machine) -> Mapping[Framework, Device]:
    """The device that each build can be proved on from this shell."""
    return devices_to_prove({one.framework: one.device for one in builds}, machine)


def devices_to_prove(planned: Mapping[Framework, Device], machine: Machine) -> Mapping[Framework, Device]:
    """The planned devices, as far as they can be reached from this shell.

    A build for a GPU that a variable hides here computes on the processor, which proves all but the GPU.
    """
    vendors: Mapping[Device, Vendor] = {"cuda": "nvidia", "rocm": "amd", "xpu": "intel"}
    hidden = {
        device
        for device, vendor in vendors.items()
        if not machine.usable(vendor)
        and any(one.masked for one in machine.accelerators if one.vendor == vendor)
    }
    return {framework: "cpu" if device in hidden else device for framework, device in planned.items()}
