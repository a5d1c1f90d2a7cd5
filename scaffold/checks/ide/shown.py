"""Words and shapes that the rules share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from scaffold.checks.model import Evidence, Remedy
from scaffold.sources.keys import HIDDEN, TELLING, masked
from scaffold.sources.redact import redact

#: More places of one kind tell nobody more.
SHOWN = 8

#: Characters of a value; the file and the line say where the rest is.
_WIDTH = 160

EDIT_RUN = "PyCharm: Run | Edit Configurations"

FIX = ("scaffold", "ide", "check", "--fix")


def evidence(places: Iterable[tuple[str, str]]) -> tuple[Evidence, ...]:
    """Places and what stands there; the rest is counted."""
    rows = [Evidence(source=place, value=_short(hidden(value))) for place, value in places]
    more = len(rows) - SHOWN
    return (*rows[:SHOWN], Evidence(source="and", value=f"{more} more")) if more > 0 else tuple(rows)


#: An option and its value, as they are written or as words in brackets.
_OPTION = re.compile(r"(?P<name>--?[\w-]+)(?P<sign>=|\s+|\] \[)(?P<value>[^\s\]]+)")


def hidden(text: str) -> str:
    """The text without keys, and without what follows an option that tells of a secret.

    >>> hidden("--db-password hunter2 --lr 0.1"), hidden("[--token=abc] [https://bob:hunter2@x.org/a]")
    ('--db-password (not shown) --lr 0.1', '[--token=(not shown)] [https://***@x.org/a]')
    """

    def without(found: re.Match[str]) -> str:
        return f"{found['name']}{found['sign']}{HIDDEN}" if TELLING.search(found["name"]) else found[0]

    return _OPTION.sub(without, redact(masked(text)))


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
