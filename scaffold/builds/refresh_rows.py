"""What the rows of every framework's new releases have in common.

What no metadata tells is taken over from the newest release that the tables know, and said so: which
GPUs a wheel holds machine code for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from scaffold.builds.overlay import REFRESHED, identity
from scaffold.builds.refresh_facts import PLATFORMS, floors, numbers, pythons
from scaffold.sources.model import Wheel

if TYPE_CHECKING:
    from scaffold.sources.metadata import Metadata

#: Reads a wheel's metadata; None where it cannot be had (and whoever reads keeps the reason).
Reader = Callable[[Wheel], "Metadata | None"]

LINUX = ("linux_x86_64", "linux_aarch64")

#: Said wherever kernels are taken over from another release.
NOT_TOLD = "no metadata tells which GPUs it holds machine code for"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row for the user's data file, with the comments that stand above it."""

    table: str
    array: str
    row: Mapping[str, Any]
    comments: tuple[str, ...] = ()
    again: bool = False  # it replaces one that was written when not everything was reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of one new release: its rows, and what people must be told."""

    rows: tuple[NewRow, ...] = ()
    notes: tuple[str, ...] = ()


def unanswered(names: Sequence[str]) -> dict[str, Any]:
    """What a row says of sources that did not answer: the next refresh asks them again."""
    return {"not_reached": list(names)} if names else {}


def joined(data: Mapping[str, Any], rows: Sequence[NewRow]) -> dict[str, Any]:
    """A user's data with rows in it: each takes the place of a refreshed row of the same identity."""
    result = {name: dict(table) for name, table in data.items()}
    for one in rows:
        table = result.setdefault(one.table, {})
        there = list(table.get(one.array, ()))
        at = place_of(there, one)
        there[at : at + 1] = [dict(one.row)]
        table[one.array] = there
    return result


def place_of(there: Sequence[Mapping[str, Any]], new: NewRow) -> int:
    """Where the refreshed row stands that a new one replaces; their number where there is none."""
    mine = identity(new.table, new.array, new.row)
    found = (
        at
        for at, row in enumerate(there)
        if REFRESHED in row and mine and identity(new.table, new.array, row) == mine
    )
    return next(found, len(there))


def common(version: Version, wheels: Sequence[Wheel], platforms: Sequence[str]) -> dict[str, Any]:
    """What the rows of every framework have; ``python_on`` where a platform has other Pythons, or none."""
    there = {platform: list(pythons(wheels, platform)) for platform in platforms}
    most = max(there.values(), key=len, default=[])
    differing = {platform: some for platform, some in there.items() if some != most}
    return {
        "version": str(version),
        "date": day_of(wheels),
        "python": most,
        **({"python_on": differing} if differing else {}),
        "glibc": max((_glibc(wheels, one) for one in LINUX), key=numbers),
    }


def day_of(wheels: Sequence[Wheel]) -> dt.date | None:
    """The day on which the first of the wheels was published; None where no source tells."""
    uploaded = [wheel.uploaded for wheel in wheels if wheel.uploaded]
    try:
        return dt.date.fromisoformat(min(uploaded, default=""))
    except ValueError:  # nothing told, or the 31st of February
        return None


def with_wheels(wheels: Sequence[Wheel]) -> list[str]:
    """The platforms that there are wheels for."""
    return [platform for platform in PLATFORMS if pythons(wheels, platform)]


def newest_python(wheels: Sequence[Wheel], platform: str) -> Wheel | None:
    """The wheel for the newest Python of a platform; metadata does not differ between Pythons."""
    there = pythons(wheels, platform)
    fitting = (wheel for wheel in wheels if there and there[-1] in pythons([wheel], platform))
    return next(fitting, None)


def _glibc(wheels: Sequence[Wheel], platform: str) -> str:
    return min(floors(wheels, platform).values(), key=numbers, default="2.17")
