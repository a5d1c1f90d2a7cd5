"""Graphics cards that are plugged in, whoever drives them: from Linux's /sys, or from Windows' registry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
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

    address: str  # 0000:01:00.0; on Windows the number of the registry's key: 0000
    vendor: CardVendor
    device: str  # 0x2504
    driver: str
    name: str = ""
    version: str = ""  # of the driver, where the registry tells it
    memory: int | None = None  # bytes, likewise
    place: str = ROOT

    @property
    def source(self) -> str:
        """Where it was seen."""
        return f"{self.place}/{self.address}"


def cards(system: System) -> tuple[Card, ...]:
    """Every card of the three vendors; empty where the host shows none (WSL, Arm boards, macOS)."""
    if system.platform.os == "windows":
        from scaffold.machine.registry import adapters

        return adapters(system)
    if system.platform.os != "linux":
        return ()
    return tuple(card for address in system.list_folder(ROOT) if (card := _card(system, address)))


def vendor_of(number: str) -> CardVendor | None:
    """The vendor behind a PCI vendor number.

    >>> vendor_of("0x10de"), vendor_of("0x1234")
    ('nvidia', None)
    """
    return _VENDORS.get(number)


def with_names(system: System, found: Iterable[Card]) -> tuple[Card, ...]:
    """The cards with the names of the PCI ID database, where it is installed.

    The database is large and names no fact that decides anything: it is read only for cards that nobody else
    names.
    """
    found = tuple(found)
    if all(card.name for card in found):
        return found
    names = next((text for path in _NAMES if (text := system.read_text(path))), "")
    numbers = {vendor: number for number, vendor in _VENDORS.items()}
    return tuple(
        card if card.name else replace(card, name=device_name(names, numbers[card.vendor], card.device))
        for card in found
    )


def device_name(ids: str, vendor: str, device: str) -> str:
    r"""A device's name in the PCI ID database.

    >>> device_name("10de  NVIDIA Corporation\n\t2504  GA106 [GeForce RTX 3060]\n", "0x10de", "0x2504")
    'GA106 [GeForce RTX 3060]'
    """
    block = re.search(rf"^{vendor.removeprefix('0x')}  .*\n((?:[\t#].*\n?)*)", ids, re.MULTILINE)
    if not block or not re.fullmatch(r"0x[0-9a-f]+", device):
        return ""
    line = re.search(rf"^\t{device.removeprefix('0x')}  (.+)$", block[1], re.MULTILINE)
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
