"""Windows' registry, from a loose description: its display adapters."""

from __future__ import annotations

import re

from scaffold.facts.gpus import Gpu
from scaffold.facts.numbers import device_number
from scaffold.facts.pci import IDS
from scaffold.facts.sketch import Sketch
from scaffold.machine.registry import KEY


def draw_adapters(gpus: list[Gpu], driver: str, sketch: Sketch) -> None:
    """What ``reg query`` prints of every GPU. ``driver`` is NVIDIA's version, "" where none is told."""
    blocks: list[str] = []
    for gpu in gpus:
        if gpu.vendor not in IDS:
            continue
        vendor = IDS[gpu.vendor]
        device = device_number(gpu, sketch.names, vendor)
        sketch.names[vendor, device] = gpu.name
        version = store_version(driver) if gpu.vendor == "nvidia" else gpu.driver
        blocks.append(_block(len(blocks), gpu, f"VEN_{vendor[2:]}&DEV_{device[2:]}".upper(), version))
    sketch.answer(f"reg query {KEY} /s", "".join(blocks))


def store_version(driver: str) -> str:
    """NVIDIA's version as Windows writes it; "" where it is none.

    >>> store_version("566.36"), store_version("")
    ('32.0.15.6636', '')
    """
    match = re.fullmatch(r"(\d)(\d{2})\.(\d{2})", driver)
    return f"32.0.1{match[1]}.{match[2]}{match[3]}" if match else ""


def _block(number: int, gpu: Gpu, device: str, version: str) -> str:
    values = [("DriverDesc", "REG_SZ", gpu.name), ("MatchingDeviceId", "REG_SZ", f"PCI\\{device}")]
    values += [("DriverVersion", "REG_SZ", version)] if version else []
    values += [("HardwareInformation.qwMemorySize", "REG_QWORD", hex(gpu.memory))] if gpu.memory else []
    key = KEY.replace("HKLM", "HKEY_LOCAL_MACHINE", 1)
    return f"\n{key}\\{number:04}\n" + "".join(f"    {'    '.join(value)}\n" for value in values)
