"""Compare versions that may be told loosely: ``2.4.1+cu126``, ``>=2.4``, ``2.x``, ``2.19+``, ``<2.3``.

Compared by their release: a nightly build or a candidate counts as the release that it leads to, since it
holds that one's changes. A lower bound counts as the version itself: of ``>=2.4`` nobody knows more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Release = tuple[int, ...]

_NUMBERS = r"\d{1,9}(?:\.\d{1,9})*"
_PLAIN = re.compile(rf"\s*[vV=~]*\s*({_NUMBERS})")
_ANY = re.compile(rf"\s*[=v~]*\s*({_NUMBERS})\.[xX*](?![A-Za-z])")
_CLAUSE = re.compile(rf"(<=|>=|==|!=|~=|<|>|=|≤|≥)\s*v?({_NUMBERS})(\.[*xX])?")
_SAME = {"≤": "<=", "≥": ">=", "=": "=="}


@dataclass(frozen=True, slots=True)
class _Range:
    """From ``low`` (None: from anywhere) to below ``high``; without ``high`` it is ``low`` itself."""

    low: Release | None
    high: Release | None = None
    inclusive: bool = False  # ``high`` itself belongs to it


def at_least(text: str, floor: str) -> bool | None:
    """Whether a version is ``floor`` or newer; None where it is unknown.

    >>> at_least("2.13.0+cu126", "2.3"), at_least(">=2.4", "2.3"), at_least("2.x", "2.3"), at_least("", "1")
    (True, True, None, None)
    >>> at_least("2.x", "2"), at_least("<2.3", "2.3"), at_least("2.3a0+nv24", "2.3"), at_least("2.19+", "2.2")
    (True, False, True, True)
    """
    told, wanted = _range(text), release(floor)
    if told is None or wanted is None:
        return None
    if told.low is not None and told.low >= wanted:
        return True
    if told.high is None:
        return False
    return False if told.high < wanted or (told.high == wanted and not told.inclusive) else None


def below(text: str, ceiling: str) -> bool | None:
    """Whether a version is older than ``ceiling``; None where it is unknown.

    >>> below("2.2.2+cpu", "2.3"), below(">=2", "2"), below("3.x", "3.1"), below("2.x", "3"), below("?", "3")
    (True, False, None, True, None)
    """
    newer = at_least(text, ceiling)
    return None if newer is None else not newer


def within(text: str, specifier: str) -> bool | None:
    """Whether a version satisfies every clause of a specifier; None where that is unknown.

    >>> within("2.5.1", ">=2.5,<2.6"), within("0.21", "==0.20.*"), within("2.x", ">=2,<2.4"), within("1", "")
    (True, False, None, True)
    """
    answers = [_clause(text, sign, number, wide) for sign, number, wide in _clauses(specifier)]
    if False in answers:
        return False
    return None if None in answers else True


def release(text: str) -> Release | None:
    """The numbers of a version, without trailing zeros; None where there are none.

    >>> release("2.4.0.post1+cu118"), release(">=2.4"), release("20.04"), release("none")
    ((2, 4), (2, 4), (20, 4), None)
    """
    told = _range(text)
    return told.low if told else None


def minor(text: str) -> tuple[int, int] | None:
    """Major and minor number; None where they are not told.

    >>> minor("2.0.1+cu118"), minor("2"), minor("2.x"), minor("<3.1")
    ((2, 0), None, None, None)
    """
    match = None if _ANY.match(text) else re.match(r"\s*(?:>=|==|~=|≥|v|=)?\s*(\d{1,9})\.(\d{1,9})", text)
    return (int(match[1]), int(match[2])) if match else None


def major(text: str) -> int | None:
    """The first number of a version; None where none is told.

    >>> major("3.x"), major("3"), major("2.21.0"), major("<3"), major("")
    (3, 3, 2, None, None)
    """
    told = _range(text)
    if told is None or told.low is None:
        return None
    return told.low[0] if told.low else 0


def _range(text: str) -> _Range | None:
    if wide := _ANY.match(text):
        return _wide(wide[1])
    clauses = _clauses(text)
    if not clauses:
        plain = _PLAIN.match(text)
        return _Range(_numbers(plain[1])) if plain else None
    for sign, number, any_patch in clauses:
        if sign == "==" and any_patch:
            return _wide(number)
    for sign, number, _ in clauses:
        if sign in ("==", "~=", ">=", ">"):
            return _Range(_numbers(number))
    for sign, number, _ in clauses:
        if sign in ("<", "<="):
            return _Range(None, _numbers(number), inclusive=sign == "<=")
    return None


def _wide(number: str) -> _Range:
    """``2.3.*``: from 2.3 to below 2.4."""
    parts = [int(one) for one in number.split(".")]
    return _Range(_numbers(number), _trimmed([*parts[:-1], parts[-1] + 1]))


def _clauses(text: str) -> list[tuple[str, str, bool]]:
    return [(_SAME.get(sign, sign), number, bool(wide)) for sign, number, wide in _CLAUSE.findall(text[:200])]


def _clause(text: str, sign: str, number: str, wide: bool) -> bool | None:
    if sign in (">=", "<"):
        return _turned(at_least(text, number), sign == "<")
    if sign in ("<=", ">"):
        just_above = f"{number}.0.0.0.0.1"
        return _turned(at_least(text, just_above), sign == "<=")
    if sign == "~=":
        return _both(at_least(text, number), _inside(text, _wide(number.rpartition(".")[0] or number)))
    told = _range(text)
    if told is None:
        return None
    if wide:
        inside = _inside(text, _wide(number))
    else:
        inside = None if told.high is not None else told.low == _numbers(number)
    return _turned(inside, sign == "!=")


def _inside(text: str, span: _Range) -> bool | None:
    return _both(at_least(text, _spelt(span.low or ())), below(text, _spelt(span.high or ())))


def _both(first: bool | None, second: bool | None) -> bool | None:
    return False if False in (first, second) else None if None in (first, second) else True


def _turned(answer: bool | None, turn: bool) -> bool | None:
    return None if answer is None else answer is not turn


def _spelt(numbers: Release) -> str:
    return ".".join(map(str, numbers)) or "0"


def _numbers(text: str) -> Release:
    return _trimmed([int(one) for one in text.split(".")])


def _trimmed(numbers: list[int]) -> Release:
    while numbers and not numbers[-1]:
        numbers = numbers[:-1]
    return tuple(numbers)
