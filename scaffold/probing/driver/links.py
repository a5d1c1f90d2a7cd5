"""How several GPUs reach one another."""

from __future__ import annotations

from scaffold.machine.pci import ROOT
from scaffold.probing.driver.model import LinkFacts
from scaffold.system import System

_NVIDIA, _SWITCH = "0x10de", "0x068000"  # vendor; class of NVSwitch ("other bridge")


def link_facts(system: System) -> LinkFacts:
    """The facts, from the kernel's own tables."""
    cards = _nvidia(system)
    return LinkFacts(
        nvlink=True if any(kind.startswith(_SWITCH) for _, kind in cards) else None,
        translated=_translated(system, [place for place, kind in cards if kind.startswith("0x03")]),
        interfaces=system.list_folder("/sys/class/net"),
    )


def _nvidia(system: System) -> list[tuple[str, str]]:
    """Place on the bus and class of every device of NVIDIA's."""
    places = [f"{ROOT}/{name}" for name in system.list_folder(ROOT)]
    mine = [one for one in places if (system.read_text(f"{one}/vendor") or "").strip() == _NVIDIA]
    return [(one, (system.read_text(f"{one}/class") or "").strip()) for one in mine]


def _translated(system: System, cards: list[str]) -> bool | None:
    """Whether the IOMMU stands between the GPUs: "DMA" and "DMA-FQ" translate, "identity" passes through."""
    if len(cards) < 2:
        return None
    kinds = [(system.read_text(f"{one}/iommu_group/type") or "").strip() for one in cards]
    return any(one.startswith("DMA") for one in kinds) if any(kinds) else None
