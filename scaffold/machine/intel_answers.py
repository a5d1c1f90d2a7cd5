"""What Level Zero answers about Intel's GPUs, and the table that stands in for it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scaffold.machine.model import Status
from scaffold.machine.tables import table
from scaffold.results import read_json

#: The code of an answer that never came.
NO_ANSWER = -1
JOIN_GROUPS = "sudo usermod -aG render,video $USER, then log in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One GPU as Level Zero describes it; ``memory`` in bytes."""

    name: str
    capability: str
    memory: int | None
    device: str  # PCI device number
    pci: str
    uuid: str
    integrated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Level Zero says. ``code`` 0: it works. ``library`` "": it is not there."""

    library: str
    code: int = 0
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a table knows of a PCI device number."""

    name: str
    ip: str
    integrated: bool


def level_zero_answer(output: str) -> Answer | None:
    """The Level Zero probe's JSON; None where it is not that.

    >>> level_zero_answer('{"library": "libze_loader.so.1", "init": 2013265921, "devices": []}').code
    2013265921
    """
    try:
        record = read_json(output)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    rows, code = record.get("devices"), record.get("init")
    return Answer(
        library=_text(record, "library"),
        code=code if isinstance(code, int) else 0,
        devices=tuple(_device(row) for row in rows if isinstance(row, dict))
        if isinstance(rows, list)
        else (),
    )


def ip_version(number: object) -> str:
    """Level Zero's coding of an IP version: architecture, release, revision.

    >>> ip_version(0x030DC008), ip_version(0x05010004), ip_version(0)
    ('12.55.8', '20.4.4', '')
    """
    if not isinstance(number, int) or number <= 0:
        return ""
    return f"{number >> 22}.{number >> 14 & 0xFF}.{number & 0x3F}"


def family_of(device: str) -> Family | None:
    """What the table knows of a PCI device number; None for all that no framework has code for.

    >>> family_of("0x56a0").ip, family_of("0x64a0").integrated, family_of("0x3e9b")
    ('12.55.8', True, None)
    """
    for row in table("intel_gpus")["family"]:
        if device in row["devices"]:
            return Family(name=row["name"], ip=row["ip"], integrated=row.get("integrated", False))
    return None


def obstacle(code: int) -> tuple[Status, str]:
    """What a failing code of zeInit means: a status, and a sentence for people."""
    if code < 0:
        return "gpu_lost", "Level Zero gave no answer in time or crashed: restart the machine"
    known: dict[int, tuple[Status, str]] = {
        0x70000001: ("gpu_lost", "the GPU is lost: restart the machine"),
        0x70010000: ("no_permission", f"this user may not use /dev/dri: {JOIN_GROUPS}"),
        0x78000001: ("driver_missing", "Intel's compute runtime is not installed (libze-intel-gpu1)"),
    }
    unknown: tuple[Status, str] = ("driver_missing", f"zeInit fails with 0x{code:x}: install Intel's runtime")
    return known.get(code, unknown)


def _device(row: dict[str, Any]) -> Device:
    memory = row.get("memory")
    return Device(
        name=_text(row, "name"),
        capability=ip_version(row.get("ip")),
        memory=memory if isinstance(memory, int) and 0 < memory < 1 << 60 else None,
        device=_text(row, "device"),
        pci=_text(row, "pci"),
        uuid=_text(row, "uuid"),
        integrated=row.get("integrated") is True,
    )


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
