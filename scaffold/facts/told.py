"""Read a loose description: every value is checked, what is odd becomes a note, nothing ever raises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

#: What tools and people write where they know nothing.
_NOTHING = re.compile(
    r"\[?(?:|n/?a|not supported|unknown(?: error)?|none|null|undefined|failed|error|-|\?)\]?", re.IGNORECASE
)
_YES, _NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

#: A whole number larger than this is no count of anything here, and no size in bytes either.
_LARGEST = 1 << 60


class Told:
    """One object of a description. Several names may mean one fact: the first that tells something counts."""

    def __init__(self, facts: object, notes: list[str], place: str = "") -> None:
        self.facts: Mapping[str, Any] = facts if isinstance(facts, Mapping) else {}
        self.notes, self.place = notes, place
        self.asked: set[str] = set()  # every name that somebody looked for

    def has(self, *names: str) -> bool:
        """One of the names is there, whatever it says."""
        self.asked |= set(names)
        return any(name in self.facts for name in names)

    def first(self, *names: str) -> Any:
        """The value of the first name that is there and not null."""
        return next((value for _, value in self._each(names)), None)

    def text(self, *names: str) -> str:
        """A line of text; numbers are spelt out, "[N/A]" and its kin are ""."""
        for name, value in self._each(names):
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                self.note(name, value, "no text")
                continue
            text = one_line(spelt(value))
            if not _NOTHING.fullmatch(text):
                return text
            self.note(name, value, "no answer")
        return ""

    def whole(self, *names: str) -> int | None:
        """A whole number from 0; ``"2"`` is one."""
        for name, value in self._each(names):
            number = _number(value)
            if number is not None and number == int(number):
                return int(number)
            self.note(name, value, "no count")
        return None

    def number(self, *names: str) -> float | None:
        """A number from 0."""
        for name, value in self._each(names):
            number = _number(value)
            if number is not None:
                return number
            self.note(name, value, "no number")
        return None

    def flag(self, *names: str) -> bool | None:
        """Yes or no; None where nothing is told."""
        for name, value in self._each(names):
            word = spelt(value).strip().lower() if isinstance(value, (str, int, float)) else ""
            if word in _YES or word in _NO:
                return word in _YES
            self.note(name, value, "neither true nor false")
        return None

    def below(self, *names: str) -> Told:
        """An object inside this one; an empty one where there is none."""
        self.asked |= set(names)
        for name in names:
            if isinstance(self.facts.get(name), Mapping):
                return Told(self.facts[name], self.notes, f"{self.place}{name}.")
        return Told({}, self.notes)

    def rows(self, *names: str) -> list[Any]:
        """A list; a single value counts as a list of one."""
        value = self.first(*names)
        if value is None:
            return []
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def matching(self, pattern: str, what: str, *names: str) -> str:
        """The part of a text that matches (group 1 where there is one); a text that does not is noted."""
        text = self.text(*names)
        match = re.search(pattern, text, re.IGNORECASE | re.ASCII)
        if text and not match:
            self.note(next(name for name in names if self.facts.get(name) is not None), text, f"no {what}")
        return (match[1] if match.re.groups else match[0]) if match else ""

    def _each(self, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """The names that tell something, with what they tell; all of them were asked for."""
        self.asked |= set(names)
        yield from ((name, self.facts[name]) for name in names if self.facts.get(name) is not None)

    def note(self, name: str, value: object, why: str) -> None:
        """Say that a value was passed over."""
        self.notes.append(f"{self.place}{name}: {shown(value)} is {why} and was passed over")


def spelt(value: object) -> str:
    """A value as text: 8.6 is "8.6", 12.0 "12.0", True "true"."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "a huge number"
    return str(value)


def shown(value: object) -> str:
    """A value for a note: short, on one line, without anything that a terminal would obey."""
    text = repr(one_line(value)) if isinstance(value, str) else one_line(spelt(value)[:200])
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_line(text: str) -> str:
    r"""Text without line ends, control characters and half characters.

    >>> one_line(" NVIDIA\x1b[31m A100\n")
    'NVIDIA[31m A100'
    """
    return " ".join("".join(c for c in text[:500] if c.isprintable() or c.isspace()).split())


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*", value, re.ASCII)
        return float(match[1]) if match else None
    if isinstance(value, int):
        return float(value) if 0 <= value <= _LARGEST else None
    if isinstance(value, float) and math.isfinite(value) and 0 <= value <= _LARGEST:
        return value
    return None
