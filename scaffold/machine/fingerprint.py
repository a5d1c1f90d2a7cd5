"""The facts of a machine that a choice of builds rests on: kept with the choice, compared later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.machine.model import Machine, counted
from scaffold.machine.status import unmasked


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What decides which builds run. "" is "not known"; no serial numbers."""

    os: str
    os_version: str
    architecture: str
    libc: str
    wsl: int
    board: str
    nvidia_driver: str
    cuda_driver: str
    accelerators: tuple[Mapping[str, str], ...]  # vendor, name, capability, status


def fingerprint(machine: Machine) -> Fingerprint:
    """The fingerprint of a machine, whatever a variable of this shell hides."""
    host, accelerators = machine.host, unmasked(machine)[0].accelerators
    return Fingerprint(
        os=host.os,
        os_version=host.os_version,
        architecture=host.architecture,
        libc=host.libc,
        wsl=host.wsl,
        board=host.board,
        nvidia_driver=next((one.driver for one in accelerators if one.vendor == "nvidia" and one.driver), ""),
        cuda_driver=machine.cuda_driver,
        accelerators=tuple(
            {"vendor": one.vendor, "name": one.name, "capability": one.capability, "status": one.status}
            for one in accelerators
        ),
    )


def read_fingerprint(kept: Any) -> Fingerprint | None:
    """A fingerprint as JSON kept it; None where it is none."""
    try:
        texts = {name: str(kept[name]) for name in _TEXTS}
        accelerators = tuple({name: str(one[name]) for name in _OF_ONE} for one in kept["accelerators"])
        return Fingerprint(**texts, wsl=int(kept["wsl"]), accelerators=accelerators)
    except (KeyError, TypeError, ValueError):
        return None


def changes(made_for: Fingerprint, now: Fingerprint) -> tuple[str, ...]:
    """What is different, a line each; nothing where what was known then is so now.

    A fact that was or is not known is no change.
    """
    return (
        *_accelerators(made_for, now),
        *_drivers(made_for, now),
        *_places(made_for, now),
        *_libc(made_for, now),
    )


def lost(made_for: Fingerprint, now: Fingerprint) -> bool:
    """Whether something that the builds may need is gone: the system, a GPU, its driver, the C library."""
    moved = (made_for.os, made_for.architecture) != (now.os, now.architecture)
    gone = bool(_usable(made_for) - _usable(now))
    older = bool(now.nvidia_driver) and _number(now.nvidia_driver) < _number(made_for.nvidia_driver)
    return moved or gone or older or any(_libc(made_for, now))


_TEXTS = ("os", "os_version", "architecture", "libc", "board", "nvidia_driver", "cuda_driver")
_OF_ONE = ("vendor", "name", "capability", "status")


def _drivers(made_for: Fingerprint, now: Fingerprint) -> Iterator[str]:
    before, after = made_for.nvidia_driver, now.nvidia_driver
    if before and after:
        if before != after:
            yield f"made for driver {before}; now {after} is here"
    elif made_for.cuda_driver and now.cuda_driver and made_for.cuda_driver != now.cuda_driver:
        yield f"made for a driver of CUDA {made_for.cuda_driver}; now one of {now.cuda_driver} is here"


def _places(made_for: Fingerprint, now: Fingerprint) -> Iterator[str]:
    for name in ("os", "architecture", "os_version", "board"):
        before, after = getattr(made_for, name), getattr(now, name)
        if before and after and before != after:
            yield f"made for {before}; here is {after}"
    if made_for.wsl != now.wsl:
        place = f"WSL {made_for.wsl}" if made_for.wsl else "a system of its own, not WSL"
        yield f"made for {place}; here is {f'WSL {now.wsl}' if now.wsl else 'no WSL'}"


def _libc(made_for: Fingerprint, now: Fingerprint) -> Iterator[str]:
    """Another C library, or an older one: what was built for a newer one does not start."""
    before, after = made_for.libc.partition(" "), now.libc.partition(" ")
    other = before[0] != after[0]
    if made_for.libc and now.libc and (other or _number(after[2]) < _number(before[2])):
        yield f"made for {made_for.libc}; here is {now.libc}"


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _accelerators(made_for: Fingerprint, now: Fingerprint) -> Iterator[str]:
    """Accelerators that can be used: which have come, which have gone."""
    before, after = _usable(made_for), _usable(now)
    for gone in counted((before - after).elements()):
        yield f"made for {gone}, which cannot be used here now"
    for new in counted((after - before).elements()):
        yield f"{new} can be used now and could not when it was made"


def _usable(one: Fingerprint) -> Counter[str]:
    able = (row for row in one.accelerators if row["capability"] or row["vendor"] == "nvidia")
    return Counter(row["name"] for row in able if row["status"] == "ok")
