"""Every finding that doctor knows, explained: what it means, how it is seen, how it is cured.

`*.toml`, one file a subject; English and Chinese side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.toml import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """An explanation in one language."""

    title: str  # what is wrong, in a few words
    means: str  # what it means for the user's training
    seen: str  # which facts tell it
    cured: str  # what to do, with commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding that doctor may have."""

    id: str
    levels: tuple[str, ...]  # that it may have: error, warning, info, ok, skipped, unknown
    fix: str  # automatic, command (it is printed), explained (it is for the user to do)
    english: Words
    chinese: Words
    links: tuple[str, ...] = ()  # to makers' pages


@cache
def catalogue() -> Mapping[str, Entry]:
    """Id -> entry, in the order of the files."""
    entries: dict[str, Entry] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for name, row in loads(path.read_text(encoding="utf-8")).items():
            if name in entries:
                raise ValueError(f"{path.name}: {name} is explained twice")
            entries[name] = _entry(name, row)
    return entries


def _entry(name: str, row: dict[str, Any]) -> Entry:
    return Entry(
        id=name,
        levels=tuple(row["levels"]),
        fix=row["fix"],
        english=Words(**row["en"]),
        chinese=Words(**row["zh"]),
        links=tuple(row.get("links", ())),
    )
