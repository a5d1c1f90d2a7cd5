"""Small words that several commands print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import click

from scaffold.words import counted as counted  # noqa: PLC0414 - for every view
from scaffold.words import shown
from scaffold.words import size as size  # noqa: PLC0414

#: Width of the label in front of a fact.
LABEL = 15


#: What `click.style` makes here: colours and weights, and none that hides a text or its ground.
_STYLES = re.compile(r"(\x1b\[(?:[0-4]|[39][1-7])m)")


def row(label: str, text: str) -> str:
    """``Label        text``, the label set off by colour; a blank at least stands between them.

    Further lines of a text stand below its first, where no label can be.
    """
    below = "\n" + " " * LABEL
    return f"{click.style(label.ljust(LABEL - 1), fg='cyan')} {harmless(text).replace(chr(10), below)}"


def harmless(text: str) -> str:
    r"""A text with our own colours, and whatever else is no letter or line break in it spelt out.

    >>> print(harmless("a\x1b[2Kb\x9b"))
    a\x1b[2Kb\x9b
    """
    parts = _STYLES.split(text)
    parts[::2] = map(shown, parts[::2])
    return "".join(parts)


def flat(text: str) -> str:
    """A text that may have several lines as one, in which they can still be told."""
    mark = "⏎" if can_show("⏎") else "\\n"
    return shown(text).strip().replace("\n", f" {mark} ")


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def can_show(text: str) -> bool:
    """Whether standard output's encoding holds these characters."""
    import sys

    try:
        text.encode((sys.stdout.encoding if sys.stdout else None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wrapped(text: str, columns: int | None, *, first: int, then: int) -> list[str]:
    """The text in lines of so many columns; a word that is longer stays whole, so that it can be copied.

    ``first``: columns that the caller puts before the first line; ``then``: blanks before the others.
    ``None`` columns: one line.

    >>> wrapped("error of a long-path/x.py", 12, first=2, then=4)
    ['error of a', '    long-path/x.py']
    """
    if columns is None:
        return [text]
    lines, used = [""], first
    for word in text.split(" "):
        if lines[-1].strip() and used + 1 + width(word) > columns:
            lines.append(" " * then + word)
            used = then + width(word)
        else:
            blank = " " if lines[-1] else ""
            lines[-1] += blank + word
            used += len(blank) + width(word)
    return lines


def columns() -> int | None:
    """How wide a terminal is, or what COLUMNS asks for; None for a pipe or a file, which are not wrapped."""
    import shutil
    import sys

    from scaffold.system import HostSystem

    on_terminal = sys.stdout is not None and sys.stdout.isatty()  # None: it was closed before we began
    if on_terminal or HostSystem().environment.get("COLUMNS", "").isdecimal():
        return max(shutil.get_terminal_size().columns, 20)
    return None


def rows(label: str, text: str) -> Iterator[str]:
    """A labelled text, wrapped to the terminal; nothing where there is none."""
    if not text:
        return
    first, *rest = wrapped(flat(text), columns(), first=LABEL, then=LABEL)
    yield row(label, first)
    yield from rest


def paragraph(label: str, text: str) -> str:
    """`rows` as one text of several lines, for a list of rows."""
    return "\n".join(rows(label, text)) or row(label, text)


def arrow() -> str:
    """An arrow that this terminal can show."""
    return "→" if can_show("→") else "->"
