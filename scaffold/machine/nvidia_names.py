"""Compute capabilities of NVIDIA's GPUs by name, for where no driver tells them.

Old drivers, Windows without NVML, a card without a driver: then the name, or the PCI device's number, is
all there is. The table is ``data/nvidia_gpus.toml``.
"""

from __future__ import annotations

import re
from functools import cache

from scaffold.machine.tables import table

#: What ``found_by`` says of a capability that came from here.
BY_NAME = "the name, by a table of NVIDIA's GPUs"
BY_DEVICE = "the PCI device's number, by a table of NVIDIA's GPUs"


def capability_of_name(name: str) -> str:
    """The compute capability of a GPU by its name; ``""`` where no table knows it.

    >>> capability_of_name("NVIDIA GeForce RTX 3060 Laptop GPU"), capability_of_name("GRID T4-16C")
    ('8.6', '7.5')
    >>> capability_of_name("GA106 [GeForce RTX 3060]"), capability_of_name("Graphics Device")
    ('8.6', '')
    """
    chips, names = _patterns()
    for pattern, capability in chips:
        if pattern.match(name):
            return capability
    return next((capability for pattern, capability in names if pattern.search(name)), "")


def capability_of_device(device: str) -> str:
    """The compute capability by the PCI device's number; ``""`` where no table knows it.

    >>> capability_of_device("0x2504"), capability_of_device("0x0000"), capability_of_device("")
    ('8.6', '', '')
    """
    try:
        number = int(device, 16)
    except ValueError:
        return ""
    rows = table("nvidia_gpus")["devices"]
    return next((str(row["capability"]) for row in rows if row["first"] <= number <= row["last"]), "")


def guessed(name: str, device: str = "") -> tuple[str, str]:
    """The capability by name or else by device number, and which of the two told; both may be ``""``."""
    by_name = capability_of_name(name)
    if by_name:
        return by_name, BY_NAME
    by_device = capability_of_device(device)
    return by_device, BY_DEVICE if by_device else ""


def last_branch(capability: str) -> int | None:
    """The last branch of NVIDIA's driver that serves GPUs of a capability; None where there is no end yet.

    >>> last_branch("3.5"), last_branch("6.1"), last_branch("8.6"), last_branch("")
    (470, 580, None, None)
    """
    if not capability:
        return None
    rows = table("nvidia_gpus")["last_driver"]
    return next((row["branch"] for row in rows if _number(capability) < _number(row["below"])), None)


def _number(capability: str) -> tuple[int, ...]:
    return tuple(map(int, capability.split(".")))


_Rules = tuple[tuple[re.Pattern[str], str], ...]


@cache
def _patterns() -> tuple[_Rules, _Rules]:
    tables = table("nvidia_gpus")
    chips = tuple(
        # Letters after the number name a variant of the chip: GA102GL, GM107GLM.
        (re.compile(rf"(?:{row['chip']})B?(?:GLM|GL|M)?(?= |$)", re.IGNORECASE), str(row["capability"]))
        for row in tables["chips"]
    )
    names = tuple((re.compile(row["name"], re.IGNORECASE), str(row["capability"])) for row in tables["names"])
    return chips, names
