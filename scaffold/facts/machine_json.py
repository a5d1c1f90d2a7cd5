"""What ``scaffold detect --json`` printed, read back as the machine that it tells of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from scaffold.facts.gpus import MOST, gfx_of, ip_of, nvidia_capability
from scaffold.facts.told import Told, shown
from scaffold.machine.model import Accelerator, Host, Machine, Status, Vendor
from scaffold.system import OperatingSystem

_STATUSES: tuple[Status, ...] = get_args(Status)
_VENDORS: tuple[Vendor, ...] = get_args(Vendor)


def read_machine(printed: Mapping[str, Any]) -> tuple[Machine, tuple[str, ...]]:
    """The machine and what was odd about its description. Pure; never raises."""
    notes: list[str] = []
    told = Told(printed, notes)
    rows = told.rows("accelerators")
    read = [_accelerator(index, row, notes) for index, row in enumerate(rows[:MOST])]
    return Machine(
        host=_host(told.below("host")),
        accelerators=tuple(one for one in read if one is not None),
        status=_status(told),
        cuda_driver=_optional(told, "cuda_driver")
        if re.match(r"\d+\.\d", _optional(told, "cuda_driver"))
        else "",
        notes=tuple(Told({"note": note}, []).text("note") for note in told.rows("notes")),
    ), tuple(notes)


def host_record(machine: Machine) -> dict[str, Any]:
    """A recorded host with that machine's platform: its accelerators are known from the machine alone."""
    from scaffold.facts.sketch import Sketch

    host = machine.host
    sketch = Sketch(
        os=host.os,
        machine="x86_64" if host.translated else host.architecture,
        release=host.kernel,
        version="" if host.os == "linux" else host.os_version,
        libc=host.libc,
        cpu_count=host.cpu_count,
        disk_free=host.disk_free,
    )
    return sketch.record("")


def _host(told: Told) -> Host:
    system = _optional(told, "os")
    known: tuple[OperatingSystem, ...] = get_args(OperatingSystem)
    if system not in known:
        told.notes.append(f"host.os: {shown(system)} is no system that is known, Linux is assumed")
    wsl = told.whole("wsl") or 0
    return Host(
        os=next((one for one in known if one == system), "linux"),
        os_version=_optional(told, "os_version"),
        kernel=_optional(told, "kernel"),
        architecture=_optional(told, "architecture") or "x86_64",
        libc=told.matching(r"(?:glibc|musl)(?: \d+\.\d+[\d.]*)?", "C library", "libc")
        if told.first("libc")
        else "",
        cpu=_optional(told, "cpu"),
        cpu_count=min(told.whole("cpu_count") or 0, 4096),
        memory_total=told.whole("memory_total"),
        memory_available=told.whole("memory_available"),
        disk_free=told.whole("disk_free"),
        container=_optional(told, "container"),
        wsl=wsl if wsl in (1, 2) else 0,
        translated=bool(told.flag("translated")),
        board=_optional(told, "board"),
        found_by=_sources(told),
    )


def _accelerator(index: int, row: Any, notes: list[str]) -> Accelerator | None:
    told = Told(row, notes, f"accelerators[{index}].")
    vendor = next((one for one in _VENDORS if one == _optional(told, "vendor")), None)
    if vendor is None:
        notes.append(
            f"accelerators[{index}]: its vendor is none of {', '.join(_VENDORS)}; it was passed over"
        )
        return None
    return Accelerator(
        vendor=vendor,
        index=told.whole("index") if told.first("index") is not None else index,  # type: ignore[arg-type]
        name=_optional(told, "name"),
        memory=told.whole("memory"),
        capability=_capability(told, vendor),
        driver=_optional(told, "driver"),
        uuid=_optional(told, "uuid"),
        integrated=bool(told.flag("integrated")),
        status=_status(told),
        found_by=_sources(told),
    )


def _capability(told: Told, vendor: Vendor) -> str:
    text = _optional(told, "capability")
    readers: dict[Vendor, Callable[[str], str]] = {
        "nvidia": nvidia_capability, "amd": gfx_of, "intel": ip_of, "apple": str,
    }  # fmt: skip
    capability = readers.get(vendor, str)(text)
    if text and not capability:
        told.note("capability", text, "no capability")
    return capability


def _status(told: Told) -> Status:
    """An unknown status stands in the way: nothing is chosen for a device that may not work."""
    text = _optional(told, "status")
    if text and text not in _STATUSES:
        told.note("status", text, "no status that is known")
        return "unsupported"
    return next((one for one in _STATUSES if one == text), "ok")


def _optional(told: Told, name: str) -> str:
    """A text that may be empty."""
    return "" if told.facts.get(name) in ("", None) else told.text(name)


def _sources(told: Told) -> dict[str, str]:
    return {
        fact: source
        for fact, source in told.below("found_by").facts.items()
        if isinstance(fact, str) and isinstance(source, str)
    }
