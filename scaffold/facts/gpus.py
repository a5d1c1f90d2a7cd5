"""The GPUs that a loose description names, each read into one shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scaffold.facts.told import Told, one_line
from scaffold.machine.amd_nodes import gfx_name, gfx_of_name
from scaffold.machine.model import Vendor

#: More GPUs than any one machine holds are a slip of the pen.
MOST = 64

_VENDORS: tuple[tuple[str, Vendor], ...] = (
    (r"nvidia|10de|geforce|quadro|tesla|\b[gr]tx\b|jetson|\bgrid\b", "nvidia"),
    (r"\bamd\b|\bati\b|advanced micro|1002|radeon|instinct|\bgfx|\bmi\d{2,3}\w?\b|\brx \d{3,4}", "amd"),
    (r"intel|8086|\barc\b|iris|\buhd\b|data center gpu", "intel"),
    (r"apple|\bm[1-9]\b", "apple"),
    (r"\b(?:gb?h?\d{2,3}|[ahv]\d{2,3}|b[1-3]00|l(?:4|20|40)s?|[pt]\d{1,3}|k\d0|m[46]0)\b", "nvidia"),
)
_CAPABILITY = ("cc", "compute_capability", "compute_cap", "capability", "sm", "arch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU as it was told. ``status`` is one of the model's where the description names one."""

    vendor: Vendor
    name: str = ""
    capability: str = ""  # NVIDIA: "8.6", AMD: "gfx1100", Intel: the device's IP version "12.55.8"
    memory: int | None = None  # bytes
    uuid: str = ""
    driver: str = ""
    integrated: bool = False
    mig: str = ""  # the profile of its slices; "" where it is whole
    status: str = ""


def read_gpus(told: Told) -> list[Gpu] | None:
    """Every GPU, one entry each; None where the description does not speak of GPUs at all."""
    if not told.has("gpus", "gpu", "accelerators"):
        return None
    found: list[Gpu] = []
    rows = _each(told)
    everyone = told.whole("gpu_count") if len(rows) == 1 else None
    for number, row in enumerate(rows):
        entry = Told(row if isinstance(row, dict) else {"name": row}, told.notes, f"gpus[{number}].")
        if len(found) >= MOST:
            told.notes.append(f"gpus: more than {MOST} are told, the first {MOST} count")
            break
        if isinstance(row, (list, tuple)) or row is None or isinstance(row, bool):
            told.note(f"gpus[{number}]", row, "no GPU")
            continue
        count = _count(entry, everyone)
        one = _gpu(entry) if count else None
        if not count:
            told.notes.append(f"{entry.place}count: 0, so that there is no such GPU")
        room = MOST - len(found)
        if one is not None:
            found += [replace(one, uuid=one.uuid if count == 1 else "")] * min(count, room)
        if one is not None and count > room:
            told.notes.append(f"{entry.place}count: {count} is too many, {min(count, room)} are assumed")
    return found


def _each(told: Told) -> list[Any]:
    """A list, one GPU alone, or an object of GPUs by their numbers: ``{"0": {"name": ...}}``."""
    value = told.first("gpus", "gpu", "accelerators")
    if (
        isinstance(value, Mapping)
        and value
        and all(re.fullmatch(r"(?:gpu ?)?\d+", key, re.IGNORECASE) for key in value)
    ):
        return list(value.values())
    return told.rows("gpus", "gpu", "accelerators")


def vendor_of(text: str) -> Vendor | None:
    """Whose GPU a name or a vendor's id speaks of.

    >>> vendor_of("GeForce GTX 1080"), vendor_of("0x1002"), vendor_of("Arc A770"), vendor_of("Apple M2")
    ('nvidia', 'amd', 'intel', 'apple')
    >>> vendor_of("Voodoo 2") is None
    True
    """
    lowered = text.lower()
    return next((vendor for pattern, vendor in _VENDORS if re.search(pattern, lowered)), None)


def nvidia_capability(text: str) -> str:
    """``8.6``, also of sm_86; "" for anything else.

    >>> nvidia_capability("8.6"), nvidia_capability("sm_120"), nvidia_capability("Failed")
    ('8.6', '12.0', '')
    """
    if re.fullmatch(r"[1-9]|1[0-5]", text):
        return f"{text}.0"
    dotted = re.fullmatch(r"([1-9]\d?)\.(\d)(?:\.0)?", text)
    match = dotted or re.fullmatch(r"(?:sm|compute)?_?([1-9]\d?)(\d)a?", text.lower())
    return f"{match[1]}.{match[2]}" if match else ""


def gfx_of(text: str) -> str:
    """``gfx90a`` of gfx90a:sramecc+:xnack-; "" for anything else.

    >>> gfx_of("gfx90a:sramecc+:xnack-"), gfx_of("GFX1100"), gfx_of("gfx"), gfx_of("11.0.0")
    ('gfx90a', 'gfx1100', '', '')
    """
    match = re.match(r"gfx([1-9]\d?[0-9a-f]{2})(?![0-9a-f])", text.strip().lower())
    return f"gfx{match[1]}" if match else ""


def told_gfx(text: str) -> str:
    """``gfx1100``, also of 1100, of KFD's number 110000, and of 11.0.0; "" for anything else.

    >>> told_gfx("gfx1100"), told_gfx("1100"), told_gfx("90a"), told_gfx("110000"), told_gfx("11.0.0")
    ('gfx1100', 'gfx1100', 'gfx90a', 'gfx1100', 'gfx1100')
    >>> told_gfx("90402"), told_gfx("RDNA3"), told_gfx("0"), told_gfx("7900")
    ('gfx942', '', '', '')
    """
    lowered = text.strip().lower()
    if dotted := re.fullmatch(r"([6-9]|1\d)\.(\d)\.(\d)", lowered, re.ASCII):
        return f"gfx{dotted[1]}{dotted[2]}{dotted[3]}"
    if re.fullmatch(r"[6-9]\d{4}|1\d{5}", lowered, re.ASCII):
        return gfx_of(gfx_name(int(lowered)))
    bare = re.fullmatch(r"(?:[6-9]|1\d)\d[0-9a-f]", lowered, re.ASCII)
    return f"gfx{bare[0]}" if bare else gfx_of(lowered)


def ip_of(text: str) -> str:
    """Intel's device IP version: architecture, release, revision.

    >>> ip_of("12.55.8"), ip_of("20.1"), ip_of("0x0507c004"), ip_of("dg2")
    ('12.55.8', '20.1.0', '', '')
    """
    match = re.fullmatch(r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,2}))?", text)
    return f"{match[1]}.{match[2]}.{match[3] or 0}" if match else ""


def _count(entry: Told, everyone: int | None) -> int:
    count = entry.whole("count")
    if count is None and entry.first("count") is not None:
        return 1  # noted already
    return (everyone if count is None else count) if (everyone or count is not None) else 1  # type: ignore[return-value]


def _gpu(entry: Told) -> Gpu | None:
    name = entry.text("name", "model", "product")
    vendor = _vendor(entry, name)
    if vendor is None:
        entry.notes.append(f"{entry.place}vendor: not told, and the name {name!r} does not tell it either")
        return None
    return Gpu(
        vendor=vendor,
        name=name,
        capability=_capability(entry, vendor),
        memory=_memory(entry),
        uuid=entry.text("uuid") if entry.first("uuid") is not None else "",
        driver=entry.text("driver", "driver_version") if not isinstance(entry.first("driver"), dict) else "",
        integrated=bool(entry.flag("integrated", "igpu")),
        mig=_mig(entry),
        status=entry.text("status") if entry.first("status") is not None else "",
    )


def _vendor(entry: Told, name: str) -> Vendor | None:
    said = entry.text("vendor", "manufacturer")
    if said:
        return vendor_of(said) or vendor_of(name)
    if entry.has("cc", "compute_capability", "compute_cap"):
        return "nvidia"
    return "amd" if entry.has("gfx", "gfx_target_version", "gcn_arch") else vendor_of(name)


def _capability(entry: Told, vendor: Vendor) -> str:
    readers: dict[Vendor, tuple[tuple[str, ...], Callable[[str], str]]] = {
        "nvidia": (_CAPABILITY, nvidia_capability),
        "amd": (("gfx", "gfx_target_version", "gcn_arch", "arch", "capability"), told_gfx),
        "intel": (("ip", "device_ip", "ip_version", "capability"), ip_of),
    }
    if vendor not in readers:  # Apple's have none
        return ""
    names, reader = readers[vendor]
    text = entry.text(*names)
    capability = reader(text)
    if text and not capability:
        entry.note(next(name for name in names if entry.facts.get(name) is not None), text, "no capability")
    return capability or (_amd_by_name(entry) if vendor == "amd" else "")


def _amd_by_name(entry: Told) -> str:
    """The architecture that AMD's GPUs of a name have; a GPU without one is there all the same."""
    name = entry.text("name", "model", "product")
    gfx = gfx_of_name(name)
    if not gfx:
        entry.notes.append(
            f"{entry.place}gfx: not told, and the name {name!r} does not tell it either; it stays unknown"
        )
    return gfx


def _memory(entry: Told) -> int | None:
    """Bytes. A bare number is gigabytes, MiB or bytes, by its size."""
    gigabytes = entry.number("memory_gb", "vram_gb")
    if gigabytes:
        return int(gigabytes * (1 << 30))
    value = entry.first("memory", "vram", "memory_total")
    if value is None:
        return None
    text = one_line(str(value)[:40]) if isinstance(value, (str, int, float)) else ""
    match = re.fullmatch(r"(\d{1,15}(?:\.\d+)?) ?(?:([KMGT])i?B?)?B?", text, re.IGNORECASE | re.ASCII)
    if not match:
        entry.note("memory", value, "no size")
        return None
    number, unit = float(match[1]), (match[2] or "").upper()
    shift = {"K": 10, "M": 20, "G": 30, "T": 40}.get(unit) or (
        30 if number < 1024 else 20 if number < 1 << 24 else 0
    )
    return int(number * (1 << shift)) or None


def _mig(entry: Told) -> str:
    value = entry.first("mig")
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if isinstance(value, str) and re.fullmatch(r"\d+g\.\d+gb", value):
        return value
    return "1g.5gb" if value is not None and not isinstance(value, str) and entry.flag("mig") else ""
