"""Accelerators that are there and cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy

#: Status of an accelerator -> (check, what stands in the way, what cures it).
IN_THE_WAY = {
    "driver_missing": ("gpu.driver-not-loaded", "no driver is loaded for it", "install NVIDIA's driver"),
    "nouveau": (
        "gpu.driver-not-loaded",
        "the nouveau driver holds it, which cannot compute",
        "install NVIDIA's driver",
    ),
    "module_blocked": (
        "gpu.driver-not-loaded",
        "the driver's kernel module is installed and not loaded (Secure Boot, or another kernel)",
        "sign or rebuild the module (mokutil --sb-state, dkms status), then restart",
    ),
    "reboot_required": (
        "gpu.driver-lib-mismatch",
        "the driver was updated and the old kernel module still runs",
        "restart the computer",
    ),
    "no_permission": (
        "gpu.device-nodes",
        "this user may not open its device files",
        "join the groups video and render",
    ),
    "host_driver_without_device": (
        "gpu.container-runtime",
        "the host's driver is visible in this container and the device is not",
        "start the container with --gpus all",
    ),
    "gpu_lost": (
        "gpu.lost",
        "the driver has lost it",
        "restart the computer; look for Xid in the kernel's log",
    ),
    "unsupported": ("gpu.unsupported", "no framework has kernels for it", "run on the processor"),
    "hidden": ("gpu.visible-devices", "an environment variable hides it", "unset CUDA_VISIBLE_DEVICES"),
}


def accelerators_usable(facts: Facts) -> Iterator[Finding]:
    """Every accelerator that is there can be used."""
    for one in facts.machine.accelerators:
        if one.status == "ok":
            yield Finding(id="gpu.usable", level="ok", title=f"{one.name} can be used")
            continue
        check, why, cure = IN_THE_WAY[one.status]
        yield Finding(
            id=check,
            level="info" if one.status in ("hidden", "unsupported") else "warning",
            title=f"{one.name} cannot be used: {why}",
            cause=one.status.replace("_", "-"),
            evidence=tuple(Evidence(source=source, value=fact) for fact, source in one.found_by.items()),
            remedy=Remedy(text=cure),
        )
