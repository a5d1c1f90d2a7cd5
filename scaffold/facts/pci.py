"""The PCI bus, from a loose description: the cards that it lists, or a card for every GPU that it names."""

from __future__ import annotations

import re
from typing import Any

from scaffold.facts.gpus import Gpu, vendor_of
from scaffold.facts.numbers import device_number
from scaffold.facts.sketch import Sketch
from scaffold.facts.told import Told
from scaffold.machine.model import Vendor
from scaffold.machine.pci import ROOT

IDS: dict[Vendor, str] = {"nvidia": "0x10de", "amd": "0x1002", "intel": "0x8086"}
_CLASSES = {"vga": "0x030000", "3d": "0x030200", "display": "0x038000", "processing": "0x120000"}
_LSPCI = re.compile(r"(vga|3d|display|processing)[^:]*: (.+?)(?: \[(\w{4}):(\w{4})\]| \(|$)", re.IGNORECASE)


def draw_told_cards(told: Told, sketch: Sketch) -> set[Vendor]:
    """Every card of the list; answers whose cards it names."""
    seen: set[Vendor] = set()
    for number, row in enumerate(told.rows("pci", "lspci")):
        for one in _lines(row):
            entry = Told(one, told.notes, f"pci[{number}].")
            vendor = vendor_of(entry.text("vendor")) or vendor_of(entry.text("name"))
            if vendor is None or vendor == "apple":
                continue
            _draw(sketch, number, vendor, entry)
            seen.add(vendor)
    return seen


def draw_card(sketch: Sketch, address: str, gpu: Gpu, driver: str) -> str:
    """A card for a GPU that is named; answers its folder."""
    device = device_number(gpu, sketch.names, IDS[gpu.vendor])
    entry = {"name": gpu.name, "driver": driver, "class": "0x030000", "address": address, "device": device}
    return _draw(sketch, 0, gpu.vendor, Told(entry, []))


def _draw(sketch: Sketch, slot: int, vendor: Vendor, entry: Told) -> str:
    address = entry.text("address", "slot", "bus_id").lower()
    if not re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", address):
        address = f"0000:{slot + 1:02x}:00.0"
    folder = f"{ROOT}/{address}"
    device = entry.matching(r"(?:0x)?([0-9a-f]{4})\b", "device id", "device", "device_id").lower()
    device = f"0x{device}" if device else f"0x{slot + 1:04x}"
    kind = entry.text("class").lower()
    kind = (
        kind if kind.startswith("0x") else f"0x{kind}" if re.match(r"(?:03|12)\d\d", kind) else _class(kind)
    )
    sketch.files |= {f"{folder}/vendor": f"{IDS[vendor]}\n", f"{folder}/device": f"{device}\n",
                     f"{folder}/class": f"{kind}\n"}  # fmt: skip
    driver = entry.text("driver", "kernel_driver") if entry.first("driver", "kernel_driver") else ""
    if driver:
        sketch.links[f"{folder}/driver"] = f"../../../../bus/pci/drivers/{driver}"
    if name := entry.text("name"):
        sketch.names[IDS[vendor], device] = name
    return folder


def _class(kind: str) -> str:
    return next((code for word, code in _CLASSES.items() if word in kind), "0x030000")


def _lines(row: Any) -> list[dict[str, Any]]:
    """A card as an object, or every card in lspci's own output.

    >>> _lines("01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA106 [10de:2504] (rev a1)")
    [{'vendor': '10de', 'device': '2504', 'class': '0x0300', 'name': 'NVIDIA Corporation GA106'}]
    """
    if isinstance(row, dict):
        return [row]
    if not isinstance(row, str):
        return []
    found: list[dict[str, Any]] = []
    for line in row[:100_000].splitlines():
        match = _LSPCI.search(line)
        if match:
            ids = {"vendor": match[3], "device": match[4]} if match[3] else {"vendor": match[2]}
            found.append({**ids, "class": _class(match[1].lower())[:6], "name": match[2]})
        elif found and (driver := re.search(r"Kernel driver in use: (\S+)", line)):
            found[-1].setdefault("driver", driver[1])
    return found
