"""CSV files as rows of text: how the bytes are to be read is told by the bytes."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .columns import POINT, needs_comma
from .errors import ProjectError

DELIMITERS = (",", ";", "\t", "|")
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # of UTF-8 and UTF-16, which editors on Windows write
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of .xlsx and .xls
LOOKED_AT = 200  # rows by which the delimiter is told


@dataclass(frozen=True)
class Rows:
    """The cells of a file, all rows as long as the names."""

    path: Path
    names: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]  # in which line of the file each row begins, from 1
    decimal: str  # the mark before the fraction of a number
    notes: tuple[str, ...]

    def where(self, row: int, column: str) -> str:
        """Return the place of a cell, for messages."""
        return f"{self.path}, line {self.lines[row]}, column {column!r}"


def read_rows(path: Path, names: Sequence[str] = (), encoding: str = "") -> Rows:
    """Read a CSV file, gzipped or not; what is wrong in it is a `ProjectError` that names file and line."""
    text, read_as = decoded(path, encoding)
    delimiter = told_delimiter(text)
    records = _records(path, text, delimiter)
    if not records:
        raise ProjectError(f"{path} is empty")
    given = bool(names)
    if not given:
        _, names = records.pop(0)
        names = [name.strip() for name in names]
    notes = [] if read_as in {"utf-8", "utf-16"} else [f"{path} was read as {read_as}"]
    for line, row in records:
        if len(row) != len(names):
            raise ProjectError(
                f"{path}, line {line}: {_counted(len(row))}, but there are {_counted(len(names))} of names"
                f" (they are divided by {delimiter!r}; a value that holds it must stand in double quotes)"
            )
    lines, rows = [line for line, _ in records], [row for _, row in records]
    if _only_counts(names, rows):
        names, rows = names[1:], [row[1:] for row in rows]
        notes.append("the first column, which has no name and only counts the rows, is left out")
    _check_names(path, names, [] if given else rows)
    decimal = "," if delimiter != "," and any(needs_comma(cell) for row in rows for cell in row) else "."
    if decimal == ",":
        notes.append("a comma stands before the fraction of numbers")
    return Rows(path, tuple(names), rows, lines, decimal, tuple(notes))


def decoded(path: Path, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and the encoding it was read with.

    UTF-8 has rules that text in another encoding breaks at once, so it is tried first. Spreadsheets on
    Chinese Windows write GBK, of which GB 18030 is the complete form.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as problem:
        raise ProjectError(f"cannot read {path}: {problem}") from None
    if raw.startswith(WORKBOOKS):
        raise ProjectError(f"{path} is a workbook, as Excel or WPS write it: save it there as CSV (UTF-8)")
    if raw.startswith(MARKS[1:]):
        encoding = encoding or "utf-16"
    first: Exception | None = None
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = raw.decode("utf-8-sig" if name.lower() in {"utf-8", "utf8"} else name)
        except (UnicodeError, LookupError) as told:
            first = first or told
            continue
        if "\0" in text:
            raise ProjectError(f"{path} holds zero bytes: it is not a text file")
        return text, name
    line = raw[: getattr(first, "start", 0)].count(b"\n") + 1
    raise ProjectError(f"{path}, line {line}: {first}; save the file as UTF-8")


def told_delimiter(text: str) -> str:
    """Return the delimiter that divides most of the first rows into the same, largest number of cells."""
    best, most = ",", (1, 0)
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            counts = Counter(len(row) for row in islice(reader, LOOKED_AT) if row)
        except csv.Error:
            continue
        if not counts:
            continue
        cells, agreeing = counts.most_common(1)[0]
        # rows that agree come first: prose holds commas too, but not the same number in every line
        score = (agreeing if cells > 1 else 0, cells)
        if cells > 1 and score > most:
            best, most = delimiter, score
    return best


def _records(path: Path, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows with the lines in which they begin; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, begins = [], 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) or len(row) > 1:
                found.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise ProjectError(f"{path}, line {begins}: {problem}; are the double quotes in pairs?") from None
    return found


def _check_names(path: Path, names: Sequence[str], rows: list[list[str]]) -> None:
    if names and all(POINT.fullmatch(name) for name in names):
        raise ProjectError(f"{path}, line 1: numbers, but the first line must hold the names of the columns")
    for at, name in enumerate(names):
        if not name:
            raise ProjectError(f"{path}, line 1: column {at + 1} has no name")
        if name in names[:at]:
            raise ProjectError(f"{path}, line 1: two columns are called {name!r}")
    # A name that is a number can be a year; one with a fraction is a value. A word can be both (`male`), but
    # hardly in two columns.
    own = [at for at, name in enumerate(names) if any(row[at].strip() == name for row in rows)]
    values = [at for at, name in enumerate(names) if POINT.fullmatch(name) and "." in name]
    words = [at for at in own if not POINT.fullmatch(names[at])]
    if values or len(words) > 1:
        at = (values or words)[0]
        raise ProjectError(
            f"{path}, line 1: {names[at]!r} is a value of column {at + 1} rather than its name: the first"
            " line must hold the names of the columns"
        )


def _only_counts(names: Sequence[str], rows: list[list[str]]) -> bool:
    """Tell whether the first column is the index that pandas writes: without a name, 0, 1, 2, …"""
    if len(names) < 2 or names[0] or not rows:
        return False
    return all(row[0] == str(at) for at, row in enumerate(rows))


def _counted(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"
