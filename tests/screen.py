"""What stands on a terminal's screen, from what a program wrote: enough of a VT100 for lists and prompts."""

from __future__ import annotations

import re
import unicodedata

_SEQUENCE = re.compile(
    r"\x1b(?:\[([0-9;?<>=]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHM])"
)


class Screen:
    """Rows of characters and a cursor. Colours and modes are passed over."""

    def __init__(self, rows: int, columns: int) -> None:
        self._columns, self._height = columns, rows
        self._rows = [[" "] * columns for _ in range(rows)]
        self._y = self._x = 0
        self._left = ""  # the beginning of a sequence that has not come wholly

    @property
    def text(self) -> str:
        """The rows, less the blanks behind them."""
        return "\n".join("".join(row).rstrip() for row in self._rows)

    def write(self, text: str) -> None:
        """What a program writes, in pieces that end anywhere."""
        text, self._left, at = self._left + text, "", 0
        while at < len(text):
            if text[at] != "\x1b":
                self._put(text[at])
                at += 1
                continue
            found = _SEQUENCE.match(text, at)
            if found is None:
                self._left = text[at:]
                return
            if found.group(2):
                self._obey(found.group(2), [int(one or 0) for one in re.findall(r"\d+", found.group(1))])
            at = found.end()

    def _put(self, one: str) -> None:
        if one == "\r":
            self._x = 0
        elif one == "\n":
            self._down()
        elif one == "\b":
            self._x = max(0, self._x - 1)
        elif one.isprintable():
            wide = unicodedata.east_asian_width(one) in "WF"
            if self._x + wide >= self._columns:
                self._x = 0
                self._down()
            self._rows[self._y][self._x] = one
            if wide:
                self._rows[self._y][self._x + 1] = ""
            self._x += 1 + wide

    def _down(self) -> None:
        if self._y + 1 < self._height:
            self._y += 1
        else:
            self._rows = [*self._rows[1:], [" "] * self._columns]

    def _obey(self, what: str, numbers: list[int]) -> None:
        count = numbers[0] if numbers and numbers[0] else 1
        if what in "AB":
            self._y = min(max(self._y + (count if what == "B" else -count), 0), self._height - 1)
        elif what in "CD":
            self._x = min(max(self._x + (count if what == "C" else -count), 0), self._columns - 1)
        elif what == "G":
            self._x = count - 1
        elif what == "H":
            self._y, self._x = count - 1, (numbers[1] if len(numbers) > 1 else 1) - 1
        elif what in "JK":
            self._clear(what, numbers[0] if numbers else 0)

    def _clear(self, what: str, how: int) -> None:
        blank = [" "] * self._columns
        if what == "J":
            below = range(self._y + 1, self._height) if how == 0 else range(self._height)
            for row in below:
                self._rows[row] = blank.copy()
        start, end = (self._x, self._columns) if how == 0 else (0, self._columns if how == 2 else self._x + 1)
        self._rows[self._y][start:end] = blank[start:end]
