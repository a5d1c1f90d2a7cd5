"""A table as numbers: which columns a network sees, and how words become numbers.

The names of the features say it all, so that a model card needs nothing else: `weight` is a column of
numbers, `origin=Japan` is 1 where the column `origin` says Japan and else 0. A column of k words
makes k - 1 features: the commonest word is told by zeros in all of them. With k features, which always add up
to 1, a linear model would have no single best solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .errors import ProjectError

if TYPE_CHECKING:
    from .tables import Table

MOST_WORDS = 12  # different ones in a column; with more, few rows are left for each


@dataclass(frozen=True)
class Encoding:
    """What a network sees of a table."""

    features: tuple[str, ...]  # in the order of its inputs
    references: tuple[str, ...]  # column=word that zeros stand for
    label: str  # column of words that names the rows, "" = none


def columns_of(table: Table, leave_out: tuple[str, ...]) -> tuple[Encoding, list[str]]:
    """Return the encoding of all columns but some, and lines that tell what was left out by itself."""
    features: list[str] = []
    references: list[str] = []
    told, label = [], ""
    for name in table.names:
        if name in leave_out:
            continue
        if table.kinds[name] != "category":
            features.append(name)
            continue
        words, counts = np.unique(table.words(name), return_counts=True)
        if len(words) > MOST_WORDS:
            label = label or name
            told.append(f"column {name!r} has {len(words)} different words, too many to learn from: left out")
            continue
        order = sorted(zip((-counts).tolist(), words.tolist(), strict=True))
        references.append(f"{name}={order[0][1]}")
        features.extend(f"{name}={word}" for word in sorted(word for _, word in order[1:]))
    if not features:
        raise ProjectError(f"{table.source}: no column is left to predict from")
    return Encoding(tuple(features), tuple(references), label), told


def needed(table: Table, features: tuple[str, ...], references: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that some features are made of; one that is missing is a `ProjectError`."""
    numbers = [name for name in features if not _word_of(name, references)]
    found = dict.fromkeys((*numbers, *(_column(one) for one in references)))
    for name in found:
        table.column(name)
    return tuple(found)


def encode(table: Table, features: tuple[str, ...], references: tuple[str, ...]) -> np.ndarray:
    """Return the features of each row, float32, (N, features).

    Raises `ProjectError` for a word that no feature stands for: zeros would say that it is the commonest one.
    """
    if found := strange(table, features, references):
        raise ProjectError(next(iter(found.values())))
    made = []
    for name in features:
        if column := _word_of(name, references):
            made.append(table.words(column) == name.removeprefix(f"{column}="))
            continue
        if table.kinds[name] == "category":
            raise ProjectError(f"{table.source}: column {name!r} must hold numbers")
        made.append(table.column(name))
    return np.stack(made, axis=1).astype(np.float32)


def strange(table: Table, features: tuple[str, ...], references: tuple[str, ...]) -> dict[int, str]:
    """Return the places of rows with a word that no feature stands for, and what is wrong with each."""
    found: dict[int, str] = {}
    for reference in references:
        column = _column(reference)
        known = {one.removeprefix(f"{column}=") for one in (reference, *features) if _of(one, column)}
        for row, word in enumerate(table.words(column).tolist()):
            if word not in known:
                found[row] = (
                    f"{table.source}, line {table.lines[row]}: {column} {word!r} is none of"
                    f" {', '.join(sorted(known))}, which the network knows"
                )
    return dict(sorted(found.items()))


def without_gaps(table: Table, columns: tuple[str, ...]) -> tuple[Table, list[int]]:
    """Return the rows in which every column says something, and the lines of the others."""
    gaps = np.zeros(len(table), bool)
    for name in columns:
        values = table.column(name)
        gaps |= np.isnan(values) if values.dtype.kind == "f" else values == ""
    return table.take(~gaps), table.lines[gaps].tolist()


def columns_of_words(references: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that hold words: of few rows one cannot tell by their values."""
    return tuple(_column(one) for one in references)


def _column(reference: str) -> str:
    return reference.partition("=")[0]


def _of(feature: str, column: str) -> bool:
    return feature.startswith(f"{column}=")


def _word_of(feature: str, references: tuple[str, ...]) -> str:
    """Return the column of words that a feature tells of, "" for a column of numbers."""
    return next((_column(one) for one in references if _of(feature, _column(one))), "")
