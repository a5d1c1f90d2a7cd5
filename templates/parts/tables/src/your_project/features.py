"""Columns of a table as numbers that a network takes. What is measured for that is measured on training rows.

A mean, a median or a list of categories that has seen the test rows tells the network about them: its score
is then better than it will ever be in use. So `measure` is given the training rows and nothing else, what it
finds lies in the model card, and every other row is read by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .errors import ProjectError
from .tables import Kind, Table

UNKNOWN = 0  # the index of a category that training rows do not hold, or too few of them to learn from
RAREST = 5  # training rows that a category must have
FEW = 10  # different words that may all be rarer than that: the table is small
BINS = 32  # into which the range of a number is cut, at most


@dataclass(frozen=True)
class Feature:
    """A column that the network reads, as the training rows have it."""

    name: str
    kind: Kind
    # of a number (a date is one); all finite
    median: float = 0.0  # stands for a gap
    mean: float = 0.0
    std: float = 1.0
    edges: tuple[
        float, ...
    ] = ()  # quantiles, rising, at least two: equally many rows lie between two of them
    # of a category
    categories: tuple[str, ...] = ()  # the one at place i has the index i + 1; "" is the gap

    def __post_init__(self) -> None:
        """Turn JSON's lists into tuples."""
        object.__setattr__(self, "edges", tuple(self.edges))
        object.__setattr__(self, "categories", tuple(self.categories))

    @property
    def numeric(self) -> bool:
        """Whether it is a number."""
        return self.kind != "category"


def restored(stored: Sequence[Feature | Mapping[str, Any]]) -> tuple[Feature, ...]:
    """Return features that were written as JSON."""
    known = {field.name for field in fields(Feature)}
    return tuple(
        one if isinstance(one, Feature) else Feature(**{k: v for k, v in one.items() if k in known})
        for one in stored
    )


def measure(rows: Table) -> tuple[Feature, ...]:
    """Return what the training rows say of each column: numbers first, each kind in the order of the file.

    A column whose values are all the same says nothing, and is left out; so is one of names (`names`).
    """
    found = [_number(rows, name) for name, kind in rows.kinds.items() if kind != "category"]
    found += [_category(rows, name) for name, kind in rows.kinds.items() if kind == "category"]
    kept = tuple(one for one in found if one is not None)
    if not kept:
        raise ProjectError(f"{rows.source}: no column differs between the training rows")
    return kept


def _number(rows: Table, name: str) -> Feature | None:
    values = rows.columns[name]
    known = np.sort(values[~np.isnan(values)])  # sorted: in another order the sums end in other digits
    gaps = len(known) < len(values)
    if not len(known) or (known.min() == known.max() and not gaps):
        return None
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)))
    if len(edges) < 2:  # one value and gaps: the gaps are what it says
        edges = np.array([edges[0], edges[0] + 1])
    return Feature(
        name,
        rows.kinds[name],
        median=float(np.median(known)),
        mean=float(known.mean()),
        std=float(known.std()) or 1.0,
        edges=tuple(edges.tolist()),
    )


def _category(rows: Table, name: str) -> Feature | None:
    words, counts = np.unique(rows.columns[name], return_counts=True)
    if len(words) < 2 or _identifies(words, counts):
        return None
    # rare ones share the index of the unknown: so it has something to learn from, too
    common = words[counts >= min(RAREST, counts.max())]
    return Feature(name, "category", categories=tuple(common.tolist()))


def _identifies(words: np.ndarray, counts: np.ndarray) -> bool:
    """Tell whether words say who a row is, and not what it is like: hardly one of them occurs again."""
    return bool(counts.max() < RAREST and len(words) > min(FEW, counts.sum() / 2))


def names(rows: Table) -> list[str]:
    """Return the columns of words of which none occurs in several rows, such as people's names.

    There is nothing to learn from them, and they would stand in the model card for everyone to read.
    """
    found = {
        name: np.unique(rows.columns[name], return_counts=True)
        for name, kind in rows.kinds.items()
        if kind == "category"
    }
    return [name for name, (words, counts) in found.items() if len(words) and _identifies(words, counts)]


def encode(rows: Table, features: Sequence[Feature]) -> np.ndarray:
    """Return rows as a float32 array of shape (N, features).

    Numbers are as in the file, gaps nan: to fill and to scale them is the network's own first step, so that
    one who uses an exported network need not know how. Categories are their indices, whole numbers.
    """
    out = np.empty((len(rows), len(features)), np.float32)
    for at, feature in enumerate(features):
        values = rows.column(feature.name)
        if feature.numeric:
            out[:, at] = values
        else:
            index = {word: place for place, word in enumerate(feature.categories, start=1)}
            out[:, at] = [index.get(word, UNKNOWN) for word in values.tolist()]
    return out


def kinds(features: Sequence[Feature]) -> dict[str, Kind]:
    """Return what kinds of columns the network reads, for `read_table`."""
    return {feature.name: feature.kind for feature in features}
