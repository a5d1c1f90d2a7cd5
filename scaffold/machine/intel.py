"""Intel graphics on the PCI bus.

Whether PyTorch's XPU build supports a chip is not told here: that takes Level Zero's device version, so
``capability`` stays empty, and nothing is chosen for such a device.
"""

from __future__ import annotations

from scaffold.machine.model import Accelerator
from scaffold.machine.pci import Card
from scaffold.system import System

_DRIVERS = ("i915", "xe")


def find_intel(system: System, cards: tuple[Card, ...]) -> tuple[Accelerator, ...]:
    """Every Intel display device; ``ok`` where the kernel drives it and this user may render on it."""
    return tuple(
        _accelerator(system, index, card)
        for index, card in enumerate(card for card in cards if card.vendor == "intel")
    )


def _accelerator(system: System, index: int, card: Card) -> Accelerator:
    nodes = [name for name in system.list_folder(f"{card.source}/drm") if name.startswith("renderD")]
    usable = any(system.is_accessible(f"/dev/dri/{node}") for node in nodes)
    return Accelerator(
        vendor="intel",
        index=index,
        name=card.name or f"Intel device {card.device}",
        driver=card.driver,
        status="driver_missing" if card.driver not in _DRIVERS else "ok" if usable else "no_permission",
        found_by={"name": card.source, "driver": f"{card.source}/driver", "status": "/dev/dri"},
    )
