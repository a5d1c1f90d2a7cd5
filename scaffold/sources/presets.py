"""Mirrors by name: what `scaffold env mirrors use NAME` knows, from ``data/mirrors.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scaffold.sources.user_configuration import SUBJECTS, Subject
from scaffold.toml import loads

_DATA = Path(__file__).with_name("data") / "mirrors.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """One provider, and what it has: addresses as `user_configuration` writes them."""

    name: str
    title: str
    addresses: Mapping[Subject, str]
    notes: tuple[str, ...] = ()


@cache
def mirrors() -> tuple[Mirror, ...]:
    """All of them, in the order of the table."""
    rows = loads(_DATA.read_text(encoding="utf-8"))["mirror"]
    return tuple(
        Mirror(
            name=row["name"],
            title=row["title"],
            addresses={subject: row[subject] for subject in SUBJECTS if subject in row},
            notes=tuple(row.get("notes", ())),
        )
        for row in rows
    )


def find_mirror(name: str) -> Mirror | None:
    """The mirror of that name, however it is capitalised."""
    return next((one for one in mirrors() if one.name == name.lower()), None)
