"""Accelerators that are there and cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.builds.cuda import usable_gpus
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.machine.model import Accelerator

#: Status of an accelerator -> (check, what stands in the way, what cures it). The detection's own note, which
#: knows more of the case, is shown beside it.
IN_THE_WAY = {
    "driver_missing": ("gpu.driver-not-loaded", "no driver is loaded for it", "install its maker's driver"),
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
    "unsupported": (
        "gpu.unsupported",
        "the installed driver or libraries do not serve it",
        "install those that do, or run on the processor",
    ),
    "hidden": ("gpu.visible-devices", "a variable, or a virtual machine, hides it", "unset the variable"),
}

#: What installs a driver, where the maker is known.
DRIVERS = {
    "nvidia": "install NVIDIA's driver",
    "amd": "load the kernel's driver: sudo modprobe amdgpu",
    "intel": "install Intel's compute runtime (libze1, libze-intel-gpu1)",
}


def accelerators_usable(facts: Facts) -> Iterator[Finding]:
    """Every accelerator that is there can be used, and none is kept from this machine."""
    machine, planned = facts.machine, usable_gpus(facts.machine)
    for one in machine.accelerators:
        if one.status == "ok" and not one.capability and one.vendor != "nvidia":
            yield Finding(
                id="gpu.no-framework",
                level="info",
                title=f"{one.name} works, and no framework has code for it: networks run on the processor",
            )
        elif one.vendor == "nvidia" and one.status == "ok" and one not in planned.devices:
            yield Finding(
                id="gpu.not-planned-for",
                level="warning",
                title=f"{one.name} answers, and no build is chosen for it",
                detail="\n".join((*planned.doubts, *((planned.why,) if not planned.devices else ()))),
                cause="driver-and-gpu",
                evidence=(Evidence(source=one.found_by.get("driver", "driver"), value=one.driver),),
                remedy=Remedy(text="see what another driver would give", commands=(("scaffold", "builds"),)),
            )
        elif one.status == "ok":
            yield Finding(id="gpu.usable", level="ok", title=f"{one.name} can be used")
        else:
            yield _stopped(one, machine.notes)
    if not machine.accelerators and machine.status != "ok":
        check, why, cure = IN_THE_WAY[machine.status]
        yield Finding(
            id=check,
            level="warning",
            title=f"No GPU can be used here: {why}",
            detail="\n".join(machine.notes),
            cause=machine.status.replace("_", "-"),
            evidence=tuple(
                Evidence(source=source, value=f"{fact}: {getattr(machine.host, fact)}")
                for fact, source in machine.host.found_by.items()
                if fact == "container"
            ),
            remedy=Remedy(text=cure),
        )  # fmt: skip


def _stopped(one: Accelerator, notes: tuple[str, ...]) -> Finding:
    check, why, cure = IN_THE_WAY[one.status]
    if one.status == "driver_missing":
        cure = DRIVERS.get(one.vendor, cure)
    if one.masked:
        why, cure = f"{one.found_by['status']} hides it", f"unset {one.found_by['status']}"
    return Finding(
        id=check,
        level="info" if one.status == "hidden" else "warning",
        title=f"{one.name} cannot be used: {why}",
        detail="\n".join(notes),
        cause=one.status.replace("_", "-"),
        evidence=tuple(
            Evidence(source=source, value=f"{fact}: {getattr(one, fact)}")
            for fact, source in one.found_by.items()
        ),
        remedy=Remedy(text=cure),
    )
