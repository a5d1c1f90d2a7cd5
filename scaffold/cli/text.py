"""Small words that several commands print."""

from __future__ import annotations

import unicodedata

import click

#: Width of the label in front of a fact.
LABEL = 15


def row(label: str, text: str) -> str:
    """``Label        text``, the label set off by colour; a blank at least stands between them."""
    return f"{click.style(label.ljust(LABEL - 1), fg='cyan')} {text}"


def counted(number: int, thing: str) -> str:
    """``1 package``, ``2 packages``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def size(count: int | None) -> str:
    """Bytes for people: ``412 MB``; powers of ten, as disks and downloads are sold."""
    if count is None:
        return "unknown"
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def can_show(text: str) -> bool:
    """Whether standard output's encoding holds these characters."""
    import sys

    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
