"""Look at a machine: its host, then every vendor's accelerators, side by side."""

from __future__ import annotations

from pathlib import Path

from scaffold.machine.amd import find_amd
from scaffold.machine.apple import find_apple
from scaffold.machine.at_once import together
from scaffold.machine.host import read_host
from scaffold.machine.intel import find_intel
from scaffold.machine.model import Machine
from scaffold.machine.nvidia import find_nvidia
from scaffold.machine.pci import cards
from scaffold.machine.status import machine_status
from scaffold.system import System


def detect(system: System, folder: Path | None = None) -> Machine:
    """What this computer is. ``folder`` is where projects would be written: its disk is looked at.

    Never raises because of the machine's state; what is odd is a note.
    """
    host = read_host(system, folder)
    plugged_in = cards(system)
    nvidia, amd, intel = together(
        lambda: find_nvidia(system, plugged_in, host),
        lambda: find_amd(system, plugged_in, host),
        lambda: find_intel(system, plugged_in, host),
    )
    apple, apple_notes = find_apple(system, host)
    accelerators = (*nvidia.accelerators, *amd.accelerators, *intel.accelerators, *apple)
    return Machine(
        host=host,
        accelerators=accelerators,
        status=machine_status(accelerators, nvidia.status),
        cuda_driver=nvidia.cuda_driver,
        notes=(*nvidia.notes, *amd.notes, *intel.notes, *apple_notes),
        nvidia=nvidia.answers,
    )
