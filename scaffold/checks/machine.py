"""Accelerators that are there: those that can be used, and those that cannot.

What keeps NVIDIA's GPUs from every program is said by `scaffold.checks.gpu`, which knows the causes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaffold.builds.cuda import usable_gpus
from scaffold.checks.facts import Facts
from scaffold.checks.gpu import heard
from scaffold.checks.gpu.driver_obstacle import obstacle
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.machine.model import Accelerator, Status, Vendor

#: Status of an accelerator -> (check, what stands in the way, what cures it). The detection's own note, which
#: knows more of the case, is shown beside it.
IN_THE_WAY: dict[Status, tuple[str, str, str]] = {
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
        "join the groups video and render, then log in anew; in a container, hand in /dev/kfd and /dev/dri",
    ),
    "host_driver_without_device": (
        "gpu.container-runtime",
        "the host's driver is visible in this container and the device is not",
        "start the container with its devices (--gpus all; AMD: --device /dev/kfd --device /dev/dri)",
    ),
    "gpu_lost": (
        "gpu.lost",
        "the driver has lost it",
        "shut the computer down and start it again; look for Xid in the kernel's log",
    ),
    "unsupported": (
        "gpu.unsupported",
        "the installed driver or libraries do not serve it, or a virtual machine has it",
        "install those that do, or run on the processor",
    ),
    "hidden": ("gpu.hidden", "the driver does not show it to programs", "see nvidia-smi"),
}

#: What installs a driver, where the maker is known.
DRIVERS: dict[Vendor, str] = {
    "nvidia": "install NVIDIA's driver",
    "amd": "load the kernel's driver: sudo modprobe amdgpu",
    "intel": "install Intel's compute runtime (libze1, libze-intel-gpu1)",
}


def accelerators_usable(facts: Facts) -> Iterator[Finding]:
    """Every accelerator that is there can be used."""
    said_elsewhere = bool(obstacle(facts)) or facts.machine.host.wsl > 0
    working = [one for one in facts.machine.accelerators if one.status == "ok"]
    for cards in _alike(working):
        yield from _usable(facts, cards, stopped=cards[0].vendor == "nvidia" and bool(obstacle(facts)))
    stopped: dict[tuple[Vendor, Status], list[Accelerator]] = {}
    for one in facts.machine.accelerators:
        if one.status != "ok" and not one.masked and not (said_elsewhere and one.vendor == "nvidia"):
            stopped.setdefault((one.vendor, one.status), []).append(one)
    for cards in stopped.values():
        if not _is_split(facts, cards):
            yield _stopped(facts, cards)


def _alike(cards: Sequence[Accelerator]) -> list[list[Accelerator]]:
    """The cards of one name and one driver together: nobody reads eight times the same."""
    groups: dict[tuple[str, str, str], list[Accelerator]] = {}
    for one in cards:
        groups.setdefault((one.name, one.capability, one.driver), []).append(one)
    return list(groups.values())


def _usable(facts: Facts, cards: Sequence[Accelerator], *, stopped: bool) -> Iterator[Finding]:
    one, names, planned = cards[0], heard.named(cards), usable_gpus(facts.machine)
    if not one.capability and one.vendor != "nvidia":
        yield Finding(
            id="gpu.no-framework",
            level="info",
            title=f"{names} works, and no framework has code for it: networks run on the processor",
        )
    elif one.vendor == "nvidia" and one not in planned.devices and not (facts.told and not one.capability):
        yield _unplanned(one, names, (*planned.doubts, *((planned.why,) if not planned.devices else ())))
    elif not stopped:
        yield Finding(id="gpu.usable", level="ok", title=f"{names} can be used")


def _unplanned(one: Accelerator, names: str, doubts: Sequence[str]) -> Finding:
    if not one.driver:
        return Finding(
            id="gpu.not-planned-for",
            level="unknown",
            title=f"{names} answers, and nobody says with which driver: which builds run on it is unknown",
        )
    return Finding(
        id="gpu.not-planned-for",
        level="warning",
        title=f"{names} answers, and no build is chosen for it",
        detail="\n".join(doubts),
        cause="driver-and-gpu",
        evidence=(Evidence(source=one.found_by.get("driver", "driver"), value=one.driver),),
        remedy=Remedy(text="see what another driver would give", commands=(("scaffold", "builds"),)),
    )


def _is_split(facts: Facts, cards: Sequence[Accelerator]) -> bool:
    """Said by `checks.gpu.gpu_state`: hidden because it is split and has no slices."""
    split = {one.index for one in heard.states(facts) if one.mig}
    return all(one.vendor == "nvidia" and one.status == "hidden" and one.index in split for one in cards)


def _stopped(facts: Facts, cards: Sequence[Accelerator]) -> Finding:
    """One finding for all cards of a maker with the same obstacle."""
    first = cards[0]
    check, why, cure = IN_THE_WAY[first.status]
    if first.status == "driver_missing":
        cure = DRIVERS.get(first.vendor, cure)
    return Finding(
        id=check,
        level=_level(facts, cards),
        title=f"{heard.named(cards)} cannot be used: {why}",
        detail="\n".join(facts.machine.notes),
        cause=first.status.replace("_", "-"),
        evidence=tuple(
            Evidence(source=source, value=f"{fact}: {getattr(first, fact)}")
            for fact, source in first.found_by.items()
            if hasattr(first, fact)
        ),
        remedy=Remedy(text=cure),
    )


def _level(facts: Facts, cards: Sequence[Accelerator]) -> Level:
    """A processor's own graphics, and a card that was given away or hidden, take nothing from a training."""
    if all(one.integrated or not one.capability for one in cards) or cards[0].status == "hidden":
        return "info"
    usable = any(one.status == "ok" and one.capability for one in facts.machine.accelerators)
    return "info" if usable and cards[0].status == "unsupported" else "warning"
