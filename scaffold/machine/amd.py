"""AMD GPUs, as the kernel's compute driver (KFD) describes them: no ROCm installation is needed for that."""

from __future__ import annotations

import re

from scaffold.machine.model import Accelerator
from scaffold.machine.pci import Card
from scaffold.system import System

_NODES = "/sys/class/kfd/kfd/topology/nodes"
_MASKS = ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")


def find_amd(system: System, cards: tuple[Card, ...]) -> tuple[tuple[Accelerator, ...], tuple[str, ...]]:
    """AMD's GPUs and what stands in their way."""
    mine = tuple(card for card in cards if card.vendor == "amd")
    nodes = sorted(system.list_folder(_NODES), key=lambda name: (len(name), name))
    found = [one for node in nodes if (one := _node(system, node))]
    if found:
        return tuple(_numbered(system, index, one, mine) for index, one in enumerate(found)), _notes(system)
    why = "An AMD card is plugged in and the kernel offers no compute device (/dev/kfd) for it"
    return tuple(_without_driver(index, card) for index, card in enumerate(mine)), (why,) if mine else ()


def properties(text: str) -> dict[str, int]:
    r"""A topology node's properties.

    >>> properties("simd_count 96\ngfx_target_version 110000\n")
    {'simd_count': 96, 'gfx_target_version': 110000}
    """
    return {key: int(value) for key, value in re.findall(r"^(\w+) (\d{1,20})$", text, re.MULTILINE)}


def gfx_name(target_version: int) -> str:
    """The architecture's name; 0 is a processor.

    >>> gfx_name(110000), gfx_name(90402), gfx_name(90010), gfx_name(0)
    ('gfx1100', 'gfx942', 'gfx90a', '')
    """
    if target_version <= 0:
        return ""
    return f"gfx{target_version // 10000}{target_version // 100 % 100:x}{target_version % 100:x}"


def _node(system: System, node: str) -> tuple[str, str, int | None] | None:
    """The node's number, its architecture and its memory in bytes; None for a processor."""
    facts = properties(system.read_text(f"{_NODES}/{node}/properties") or "")
    gfx = gfx_name(facts.get("gfx_target_version", 0))
    if not gfx:
        return None
    bank = properties(system.read_text(f"{_NODES}/{node}/mem_banks/0/properties") or "")
    return node, gfx, bank.get("size_in_bytes")


def _numbered(
    system: System, index: int, node: tuple[str, str, int | None], cards: tuple[Card, ...]
) -> Accelerator:
    number, gfx, memory = node
    source = f"{_NODES}/{number}"
    names = [card.name for card in cards if card.name]
    return Accelerator(
        vendor="amd",
        index=index,
        name=names[0] if len(names) == 1 else f"AMD {gfx}",
        memory=memory,
        capability=gfx,
        driver=(system.read_text("/sys/module/amdgpu/version") or "").strip(),
        status="ok" if system.is_accessible("/dev/kfd") else "no_permission",
        found_by={
            "capability": f"{source}/properties",
            "memory": f"{source}/mem_banks/0/properties",
            "status": "/dev/kfd",
        },
    )


def _notes(system: System) -> tuple[str, ...]:
    masks = [f"{name}={system.environment[name]}" for name in _MASKS if system.environment.get(name)]
    notes = [f"{mask} hides some of AMD's GPUs from programs" for mask in masks]
    if not system.is_accessible("/dev/kfd"):
        notes.append("This user may not use /dev/kfd: sudo usermod -aG render,video $USER, then log in again")
    return tuple(notes)


def _without_driver(index: int, card: Card) -> Accelerator:
    return Accelerator(
        vendor="amd",
        index=index,
        name=card.name or f"AMD device {card.device}",
        status="driver_missing",
        found_by={"name": card.source, "status": _NODES},
    )
