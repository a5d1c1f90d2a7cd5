"""What a column of text holds: numbers, dates or categories."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from .errors import ProjectError

Kind = Literal["number", "category", "date"]

#: how files write that nothing is known; "?" in the data sets of UCI, "NA" in those of R
GAPS = frozenset({"", "na", "n/a", "#n/a", "<na>", "nan", "null", "?", "缺失", "缺失值", "暂无"})
#: the same among numbers only: as a category they may mean something ("none" = no garage)
NUMBER_GAPS = GAPS | {"none", "-", "--", ".", "无"}

#: a column with at least this share of numbers is meant to be one of numbers
NEARLY_ALL = 0.9
#: signs that people write beside a number
SIGNS = "¥￥$€£元%‰ "
DAY = 86_400_000_000  # microseconds

POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+|\d{1,3}(,\d{3})+(\.\d+)?)([eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+|\d{1,3}(\.\d{3})+(,\d+)?)([eE][+-]?\d+)?")
ONLY_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
#: 00123 is a number of a house or of a shop, not one to calculate with
LEADING_ZERO = re.compile(r"0\d+")
ISO_DATE = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?Z?")
OTHER_DATE = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{4}|\d{2})( .*)?")


def typed(
    cells: Sequence[str], decimal: str, wanted: Kind | None, where: Callable[[int], str]
) -> tuple[Kind, np.ndarray]:
    """Return the kind of a column and its values; see `read_table`.

    `decimal` is the mark before the fraction. `where` names a cell's place by its row, for messages.
    """
    cells = [cell.strip() for cell in cells]
    if wanted == "number":
        return "number", _numbers(cells, decimal, where, "the column holds numbers")
    if wanted == "date":
        return "date", _dates(cells, where)
    if wanted is None:
        filled = [cell for cell in cells if cell.lower() not in NUMBER_GAPS]
        numbers = sum(_is_number(cell, decimal) for cell in filled)
        if numbers and numbers >= NEARLY_ALL * len(filled):
            if not any(LEADING_ZERO.fullmatch(cell) for cell in filled):
                why = f"{numbers} of the column's {len(filled)} values are numbers"
                return "number", _numbers(cells, decimal, where, why)
        elif filled and all(ISO_DATE.fullmatch(cell) for cell in filled):
            return "date", _dates(cells, where)
        elif filled and all(OTHER_DATE.fullmatch(cell) for cell in filled):
            raise ProjectError(
                f"{where(cells.index(filled[0]))}: {filled[0]!r} is a date whose day and month cannot be told"
                " apart for certain: write dates as 2024-12-31, or leave the column out"
            )
        elif filled and all(_is_number(cell.strip(SIGNS), decimal) for cell in filled):
            _refuse_signs(cells, decimal, where)
    return "category", np.array(["" if cell.lower() in GAPS else cell for cell in cells], dtype=np.str_)


def as_words(values: np.ndarray) -> np.ndarray:
    """Return numbers as words without a useless fraction, gaps as ""; words as they are."""
    if values.dtype.kind != "f":
        return values
    told = ["" if np.isnan(one) else str(int(one)) if one == int(one) else repr(float(one)) for one in values]
    return np.array(told, dtype=np.str_)


def _refuse_signs(cells: Sequence[str], decimal: str, where: Callable[[int], str]) -> None:
    """Refuse a column of numbers with signs: as categories they would lose their order without a word."""
    for row, cell in enumerate(cells):
        if not _is_number(cell, decimal) and _is_number(cell.strip(SIGNS), decimal):
            raise ProjectError(
                f"{where(row)}: {cell!r} is not a number because of its sign: write {cell.strip(SIGNS)} (and"
                " the unit into the column's name), or name the column in --categories"
            )


def needs_comma(cell: str) -> bool:
    """Tell whether a cell is a number only when a comma stands before its fraction."""
    return bool(ONLY_COMMA.fullmatch(cell.strip()))


def _is_number(cell: str, decimal: str) -> bool:
    return bool(POINT.fullmatch(cell) or (decimal == "," and COMMA.fullmatch(cell)))


def _numbers(cells: Sequence[str], decimal: str, where: Callable[[int], str], why: str) -> np.ndarray:
    """Return numbers; the first cell that is none is the error."""
    found = np.full(len(cells), np.nan)
    filled = [(row, cell) for row, cell in enumerate(cells) if cell.lower() not in NUMBER_GAPS]
    # a column of a file with decimal commas may still be written with points: 1.5 is no group of thousands
    comma = decimal == "," and all(COMMA.fullmatch(cell) for _, cell in filled)
    for row, cell in filled:
        if not (comma or POINT.fullmatch(cell)):
            raise ProjectError(
                f"{where(row)}: {cell!r} is not a number, but {why}; correct it, leave it empty where it is"
                " unknown, or name the column in --categories"
            )
        bare = cell.replace(".", "").replace(",", ".") if comma else cell.replace(",", "")
        found[row] = float(bare)
        if np.isinf(found[row]):
            raise ProjectError(f"{where(row)}: {cell!r} is larger than any number that a computer keeps")
    return found


def _dates(cells: Sequence[str], where: Callable[[int], str]) -> np.ndarray:
    """Return days since 1970-01-01; times without a zone are taken as they stand."""
    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell.lower() in NUMBER_GAPS:
            continue
        day, _, time = cell.rstrip("Z").replace("T", " ").replace("/", "-").partition(" ")
        try:
            date = datetime(*(int(part) for part in day.split("-")), tzinfo=UTC)  # type: ignore[arg-type,misc]
            hours, minutes, seconds = [*(float(part) for part in time.split(":") if part), 0.0, 0.0, 0.0][:3]
        except (TypeError, ValueError):
            raise ProjectError(
                f"{where(row)}: {cell!r} is not a date; dates are written as 2024-12-31"
            ) from None
        found[row] = date.timestamp() / 86400 + (hours * 3600 + minutes * 60 + seconds) / 86400
    return found
