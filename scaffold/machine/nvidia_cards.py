"""NVIDIA cards that no library names: the kernel, the PCI bus or Windows' registry tell what they can."""

from __future__ import annotations

from collections.abc import Sequence

from scaffold.machine.model import Accelerator, Status
from scaffold.machine.nvidia_names import guessed, last_branch
from scaffold.machine.nvidia_traces import Traces
from scaffold.machine.pci import Card

Verdict = tuple[Status, str]  # and a sentence for people

_BLOCKED = "NVIDIA's driver is installed and its kernel module does not run "


def verdict(card: Card, traces: Traces, *, driver_runs: bool = False) -> Verdict:
    """What stands in the way of a card. ``driver_runs``: the driver answers, and does not name this card."""
    if card.driver == "nouveau":
        return "nouveau", "The driver nouveau runs an NVIDIA card and has no CUDA: install NVIDIA's driver"
    if card.driver in {"vfio-pci", "pci-stub", "xen-pciback"}:
        return "unsupported", f"An NVIDIA card is reserved for a virtual machine ({card.driver})"
    version = card.version or traces.module or traces.library_version
    if driver_runs or traces.library or traces.smi or card.driver == "nvidia":
        branch = outlived(card, version)
        if branch:
            return "unsupported", (
                f"{shown_name(card)}: NVIDIA's driver {version} no longer serves it; {branch} is the last "
                f"branch that does: install a driver {branch}"
            )
    if driver_runs:
        return "gpu_lost", (
            f"{shown_name(card)} is plugged in and NVIDIA's driver does not find it: shut the machine down, "
            "check its power cables and its seat; sudo dmesg | grep -i xid tells more"
        )
    if traces.library or traces.smi or card.driver == "nvidia":
        return "module_blocked", _blocked(traces)
    return "driver_missing", "An NVIDIA card is plugged in and has no driver: install NVIDIA's driver"


def outlived(card: Card, version: str) -> int | None:
    """The last branch that serves this card, where the installed driver is of a newer one."""
    capability, _ = guessed(card.name, card.device)
    last, branch = last_branch(capability), version.split(".", maxsplit=1)[0]
    return last if last and branch.isdecimal() and int(branch) > last else None


def shown_name(card: Card) -> str:
    """A name for people, also where no database of PCI devices is installed."""
    return card.name or f"NVIDIA device {card.device}"


def accelerator(index: int, card: Card, status: Status, traces: Traces) -> Accelerator:
    """A card as an accelerator; the driver's version is the one that programs will meet."""
    capability, told_by = guessed(card.name, card.device)
    found = {"name": card.source, "status": card.source}
    version, source = _version(card, status, traces)
    told = (
        ("capability", capability, told_by),
        ("driver", version, source),
        ("memory", card.memory, card.source),
    )
    found.update({fact: where for fact, value, where in told if value})
    return Accelerator(
        vendor="nvidia",
        index=index,
        name=shown_name(card),
        memory=card.memory,
        capability=capability,
        driver=version,
        status=status,
        found_by=found,
    )


def accelerators(cards: Sequence[Card], status: Status, traces: Traces) -> tuple[Accelerator, ...]:
    """Every card with the same obstacle."""
    return tuple(accelerator(index, card, status, traces) for index, card in enumerate(cards))


def _version(card: Card, status: Status, traces: Traces) -> tuple[str, str]:
    if card.version:
        return card.version, card.source
    if status == "reboot_required" and traces.library_version:  # what runs after the restart
        return traces.library_version, traces.library_version_source
    return traces.module, traces.module_source


def _blocked(traces: Traces) -> str:
    if traces.secure_boot:
        return _BLOCKED + (
            "while Secure Boot is on: enrol the key that signed it (sudo mokutil --import FILE, then "
            "restart), or turn Secure Boot off in the firmware"
        )
    return _BLOCKED + (
        "(not built for this kernel, or refused): see dkms status and sudo dmesg | grep -i nvidia"
    )
