"""Tables of the user's own: CSV, or Parquet where pyarrow is installed, as columns of numbers and of words.

No pandas: what is needed of it is two hundred lines, and they say in which line of the file the fault is.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .columns import DAY, as_words, typed
from .csv_text import read_rows
from .errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["number", "category", "date"]

CSV = (".csv", ".tsv", ".txt", ".data")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Table:
    """Columns of one length, in the order of the file."""

    source: str  # the file, for messages
    columns: dict[str, np.ndarray]  # numbers and dates: float64, nan = gap; categories: str, "" = gap
    kinds: dict[str, Kind]  # a date is a number: days since 1970-01-01
    lines: np.ndarray  # int64: where each row begins in the file; rows of Parquet count from 1
    notes: tuple[str, ...] = ()  # what was decided that the reader of the file may want to know

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.columns)

    def column(self, name: str) -> np.ndarray:
        """Return a column; a name that is not there is a `ProjectError` that lists those that are."""
        if name not in self.columns:
            raise ProjectError(f"{self.source} has no column {name!r}: it has {', '.join(self.columns)}")
        return self.columns[name]

    def words(self, name: str) -> np.ndarray:
        """Return a column as words: 1.0 becomes "1", a gap ""."""
        return as_words(self.column(name))

    def take(self, which: np.ndarray | slice) -> Table:
        """Return the rows at these indices, in this slice, or where a mask is true."""
        columns = {name: values[which] for name, values in self.columns.items()}
        return replace(self, columns=columns, lines=self.lines[which])

    def without(self, names: Sequence[str]) -> Table:
        """Return the table without some columns."""
        for name in names:
            self.column(name)
        return replace(
            self,
            columns={name: values for name, values in self.columns.items() if name not in names},
            kinds={name: kind for name, kind in self.kinds.items() if name not in names},
        )


def read_table(
    path: Path, *, kinds: Mapping[str, Kind] | None = None, names: Sequence[str] = (), encoding: str = ""
) -> Table:
    """Read a table; what is wrong in it is a `ProjectError` that names file, line and column.

    `kinds` says what some columns are; the others are told by their values: numbers where all are, dates
    where all are written as 2024-12-31, categories else. A column in which nearly all values are numbers is
    an error that names the first that is not: taken for categories it would lose its order without a word.
    `names` are those of a CSV file that has no line of them. `encoding` is told by the bytes where it is not
    given.
    """
    endings = [suffix.lower() for suffix in path.suffixes]
    ending = endings[-2] if len(endings) > 1 and endings[-1] == ".gz" else "".join(endings[-1:])
    if ending not in CSV + PARQUET:
        raise ProjectError(
            f"{path}: a table is a .csv file (or {', '.join(CSV[1:])}, also with .gz) or .parquet;"
            " a spreadsheet program saves one as CSV"
        )
    if not path.is_file():
        raise ProjectError(f"there is no file {path}")
    table = _parquet(path, kinds or {}) if ending in PARQUET else _csv(path, kinds or {}, names, encoding)
    if not len(table):
        raise ProjectError(f"{path} has no rows")
    return table


def _csv(path: Path, kinds: Mapping[str, Kind], names: Sequence[str], encoding: str) -> Table:
    text = read_rows(path, names, encoding)
    columns: dict[str, np.ndarray] = {}
    found: dict[str, Kind] = {}
    notes = list(text.notes)
    for at, name in enumerate(text.names):
        cells = [row[at] for row in text.rows]
        kind, values = typed(cells, text.decimal, kinds.get(name), partial(text.where, column=name))
        if kind == "date" and name not in kinds:
            notes.append(f"column {name!r} holds dates: days since 1970-01-01")
        found[name], columns[name] = kind, values
    return Table(str(path), columns, found, np.array(text.lines, np.int64), tuple(notes))


# --- Parquet


def _parquet(path: Path, kinds: Mapping[str, Kind]) -> Table:
    try:
        pyarrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise ProjectError(
            f"{path}: reading Parquet needs the package pyarrow: pip install pyarrow"
        ) from None
    try:
        content = parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as problem:
        raise ProjectError(f"cannot read {path}: {str(problem).splitlines()[0]}") from None
    columns: dict[str, np.ndarray] = {}
    found: dict[str, Kind] = {}
    for name, column in zip(content.column_names, content.columns, strict=True):
        if name in columns:
            raise ProjectError(f"{path}: two columns are called {name!r}")
        found[name], columns[name] = _arrow_column(column, f"{path}, column {name!r}", kinds.get(name))
    return Table(str(path), columns, found, np.arange(1, content.num_rows + 1))


def _arrow_column(column: Any, where: str, wanted: Kind | None) -> tuple[Kind, np.ndarray]:
    """Return what a column of Arrow holds, by its type."""
    types = importlib.import_module("pyarrow.types")
    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    values = column.to_pylist()
    if types.is_date(kind) or types.is_timestamp(kind):
        days = np.array(values, "datetime64[us]")  # None becomes NaT
        told: np.ndarray = np.where(np.isnat(days), np.nan, days.astype(np.int64) / DAY)
        return "date", told
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_decimal(kind):
        numbers = np.array([np.nan if value is None else float(value) for value in values], np.float64)
        if np.isinf(numbers).any():
            row = int(np.flatnonzero(np.isinf(numbers))[0]) + 1
            raise ProjectError(f"{where}, row {row}: an infinite number; a gap is null or NaN")
        return ("category", as_words(numbers)) if wanted == "category" else ("number", numbers)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind):
        cells = ["" if value is None else str(value) for value in values]
        # by its type it is text; only where numbers are expected is it read as numbers
        return typed(cells, ".", wanted or "category", lambda row: f"{where}, row {row + 1}")
    raise ProjectError(f"{where} is of type {column.type}: only numbers, text, true/false and dates are read")
