"""One word for a whole machine: whether something stands in the way of its accelerators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scaffold.machine.model import Accelerator, Machine, Status, counted


def machine_status(accelerators: Sequence[Accelerator], unseen: Status = "ok") -> Status:
    """``ok``, or the first obstacle of a card that was made to compute.

    A processor's own graphics answers for the machine only where there is no such card: an Intel iGPU that
    works does not hide an NVIDIA card that does not. ``unseen`` is what is known to stand in the way of a
    GPU that cannot be seen at all, as in a container that was handed none. ``nouveau`` becomes
    ``driver_missing``: NVIDIA's driver is what is missing.
    """
    cards = [one for one in accelerators if _is_compute_card(one)]
    found = cards or [one for one in accelerators if one.capability]
    if any(one.status == "ok" for one in found):
        return "ok"
    first = next((one.status for one in found), unseen)
    worst = first if cards or unseen == "ok" else unseen
    return "driver_missing" if worst == "nouveau" else worst


def unmasked(machine: Machine) -> tuple[Machine, tuple[str, ...]]:
    """The machine as programs see it where no variable hides a device, and a sentence for each variable.

    What to install is decided for the machine: a variable is set for one shell, or for one program.
    """
    hidden = [one for one in machine.accelerators if one.masked]
    if not hidden:
        return machine, ()
    shown = tuple(replace(one, status="ok") if one.masked else one for one in machine.accelerators)
    status = machine_status(shown) if machine.status == "hidden" else machine.status
    masks = dict.fromkeys(one.found_by["status"] for one in hidden)
    words = tuple(
        f"{mask} hides {', '.join(counted(one.name for one in hidden if one.found_by['status'] == mask))} "
        "from programs here: unset it to use what is installed"
        for mask in masks
    )
    return replace(machine, accelerators=shown, status=status), words


def _is_compute_card(accelerator: Accelerator) -> bool:
    """NVIDIA's and Apple's always; AMD's with memory of their own; Intel's where the model is known."""
    if accelerator.vendor in {"nvidia", "apple"}:
        return True
    known = accelerator.vendor == "amd" or bool(accelerator.capability)
    return known and not accelerator.integrated
