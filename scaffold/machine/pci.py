"""Graphics cards on the PCI bus, as Linux's /sys shows them: what is plugged in, whoever drives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scaffold.system import System

ROOT = "/sys/bus/pci/devices"
_NAMES = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids")
#: VGA-compatible, 3D and display controllers; a data-centre card is 3D.
_DISPLAY = ("0x0300", "0x0302", "0x0380")
_PROCESSING = "0x1200"  # AMD's Instinct cards call themselves processing accelerators

CardVendor = Literal["nvidia", "amd", "intel"]
_VENDORS: dict[str, CardVendor] = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One device of a display class. ``driver`` is the kernel's: nvidia, nouveau, amdgpu, i915, ..."""

    address: str  # 0000:01:00.0
    vendor: CardVendor
    device: str  # 0x2504
    driver: str
    name: str = ""

    @property
    def source(self) -> str:
        """Where it was seen."""
        return f"{ROOT}/{self.address}"


def cards(system: System) -> tuple[Card, ...]:
    """Every card of the three vendors; empty where the host shows no PCI bus (WSL, Arm boards, macOS)."""
    if system.platform.os != "linux":
        return ()
    found = [card for address in system.list_folder(ROOT) if (card := _card(system, address))]
    names = _names(system) if found else ""
    return tuple(
        Card(
            address=card.address, vendor=card.vendor, device=card.device, driver=card.driver,
            name=device_name(names, _id(card.vendor), card.device),
        )
        for card in found
    )  # fmt: skip


def device_name(ids: str, vendor: str, device: str) -> str:
    r"""A device's name in the PCI ID database.

    >>> device_name("10de  NVIDIA Corporation\n\t2504  GA106 [GeForce RTX 3060]\n", "0x10de", "0x2504")
    'GA106 [GeForce RTX 3060]'
    """
    block = re.search(rf"^{vendor.removeprefix('0x')}  .*\n((?:[\t#].*\n?)*)", ids, re.MULTILINE)
    line = re.search(rf"^\t{device.removeprefix('0x')}  (.+)$", block[1], re.MULTILINE) if block else None
    return line[1].strip() if line else ""


def _card(system: System, address: str) -> Card | None:
    folder = f"{ROOT}/{address}"
    vendor = _VENDORS.get(_word(system, f"{folder}/vendor"))
    if vendor is None or not _word(system, f"{folder}/class").startswith((*_DISPLAY, _PROCESSING)):
        return None
    driver = (system.resolve_link(f"{folder}/driver") or "").rsplit("/", 1)[-1]
    return Card(address=address, vendor=vendor, device=_word(system, f"{folder}/device"), driver=driver)


def _word(system: System, path: str) -> str:
    return (system.read_text(path) or "").strip().lower()


def _names(system: System) -> str:
    return next((text for path in _NAMES if (text := system.read_text(path))), "")


def _id(vendor: CardVendor) -> str:
    return next(number for number, name in _VENDORS.items() if name == vendor)
