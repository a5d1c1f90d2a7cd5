"""A PCI device number for a GPU that is told by name and capability: one that the detection knows.

Where no driver answers, the detection tells a GPU's capability by that number; so a description that says
"gfx1100" is drawn as a card that has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from scaffold.facts.gpus import Gpu
from scaffold.machine.model import Vendor
from scaffold.machine.tables import table

#: No vendor has given these numbers to a GPU.
_NOBODYS = range(0xFFFE, 0xFF00, -1)


def device_number(gpu: Gpu, taken: dict[tuple[str, str], str], vendor: str) -> str:
    """A number of that capability, such as ``0x744c``, which no GPU of another name has in ``taken``."""
    readers: dict[Vendor, Callable[[Gpu], Iterable[str]]] = {
        "nvidia": _nvidia, "amd": _amd, "intel": _intel,
    }  # fmt: skip
    reader = readers.get(gpu.vendor)
    known = reader(gpu) if reader else ()
    for number in (*known, *(f"0x{one:04x}" for one in _NOBODYS)):
        if taken.get((vendor, number), gpu.name) == gpu.name:
            return number
    return "0xffff"


def family_names(name: str) -> Iterator[str]:
    """The words of a family's name by which one of its GPUs is told.

    >>> list(family_names("Intel Arc A770, A750")), list(family_names("Intel Arc Graphics (Meteor Lake-H)"))
    (['A770', 'A750'], ['Meteor Lake-H'])
    """
    yield from re.findall(r"\b[AB]\d{3}M?\b|\b\d{3}[VT]\b|Flex \d+|Max \d*|Max$|\w+ Lake(?:-\w)?", name)


def _nvidia(gpu: Gpu) -> Iterable[str]:
    rows = [row for row in table("nvidia_gpus")["devices"] if str(row["capability"]) == gpu.capability]
    return (f"0x{number:04x}" for row in rows for number in range(row["first"], row["last"] + 1))


def _amd(gpu: Gpu) -> Iterable[str]:
    rows = table("amd_gpus")["devices"]
    return (number for row in rows if row["gfx"] == gpu.capability for number in row["numbers"])


def _intel(gpu: Gpu) -> Iterable[str]:
    """By the IP version; where none is told, by the words of the name."""
    families = table("intel_gpus")["family"]
    told = gpu.name.lower()
    meant = [
        row
        for row in families
        if (row["ip"].rsplit(".", 1)[0] == gpu.capability.rsplit(".", 1)[0] if gpu.capability else False)
        or (not gpu.capability and any(word.lower().strip() in told for word in family_names(row["name"])))
    ]
    return (str(number) for row in meant for number in row["devices"])
