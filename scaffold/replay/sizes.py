"""Small readings that several groups of facts share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.facts.told import Told, one_line

_GB, _MB = 1 << 30, 1 << 20
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGTP]?)i?B?\b", re.IGNORECASE)
UNITS = {"": 1, "K": 1 << 10, "M": _MB, "G": _GB, "T": 1 << 40, "P": 1 << 50}


def texts(facts: Mapping[Any, Any]) -> Iterator[str]:
    """Every text in an object, and in its lists, on one line each."""
    for value in list(facts.values())[:50]:
        for one in value[:50] if isinstance(value, list) else (value,):
            if isinstance(one, str):
                yield one_line(one)


def size_of(value: object) -> int | None:
    """Bytes of ``64M``, ``"1.5 GB"``; a bare number counts megabytes."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return int(value * _MB) if 0 <= value < 1 << 40 else None
    found = _SIZE.search(value[:200]) if isinstance(value, str) else None
    return int(float(found[1]) * UNITS[found[2].upper()]) if found else None


def bytes_of(told: Told, *names: str) -> int | None:
    """The first of some sizes that is told; the unit may be part of the name."""
    for name in names:
        value = told.facts.get(name)
        if value is None or isinstance(value, bool):
            continue
        unit = _MB if name.endswith("_mb") else _GB if name.endswith("_gb") else 1
        if isinstance(value, str):
            return size_of(value)
        if isinstance(value, (int, float)) and 0 <= value < 1 << 60:
            return int(value * unit)
    return None
