"""Words and shapes that the rules share."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from scaffold.checks.model import Evidence, Remedy
from scaffold.sources.keys import masked

#: More places of one kind tell nobody more.
SHOWN = 8

#: Characters of a value; the file and the line say where the rest is.
_WIDTH = 160

EDIT_RUN = "PyCharm: Run | Edit Configurations"

FIX = ("scaffold", "ide", "check", "--fix")


def evidence(places: Iterable[tuple[str, str]]) -> tuple[Evidence, ...]:
    """Places and what stands there; the rest is counted."""
    rows = [Evidence(source=place, value=_short(masked(value))) for place, value in places]
    more = len(rows) - SHOWN
    return (*rows[:SHOWN], Evidence(source="and", value=f"{more} more")) if more > 0 else tuple(rows)


def _short(value: str) -> str:
    return value if len(value) <= _WIDTH else f"{value[: _WIDTH - 3]}..."


def fixed_by_us(text: str, safe: Collection[bool] = (True,), by_hand: str = "") -> Remedy:
    """A cure that ``--fix`` carries out; ``safe``: for each place whether it may, else ``by_hand``."""
    if not any(safe):
        return Remedy(text=by_hand)
    if not all(safe):
        text = f"{text} where that is safe; elsewhere by hand: {by_hand}"
    return Remedy(text=text, commands=(FIX,), automatic=all(safe))


def some(names: Iterable[str]) -> str:
    """``a, b, c and 4 more``.

    >>> some(["a"]), some("abcdefg")
    ('a', 'a, b, c, d and 3 more')
    """
    every = list(dict.fromkeys(_short(name) for name in names))
    shown = ", ".join(every[:4])
    return shown if len(every) <= 4 else f"{shown} and {len(every) - 4} more"
