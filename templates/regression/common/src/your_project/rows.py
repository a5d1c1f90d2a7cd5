"""Rows of numbers: read out of a table, divided, put together again.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import encoding, splitting
from .errors import ProjectError

if TYPE_CHECKING:
    from .engine import ModelCard
    from .sources import Source
    from .tables import Table

FEWEST = 10  # rows of a group that is divided by itself, and of a training part


@dataclass(frozen=True)
class Split:
    """Rows: features float32 (N, F), targets float32 (N, 1), and what the rows are called."""

    features: np.ndarray
    targets: np.ndarray
    names: np.ndarray  # str (N,): for the reader
    groups: np.ndarray  # str (N,): by which fine-tuning divides them

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, which: np.ndarray | slice) -> Split:
        """Return the rows at these indices, in this slice, or where a mask is true."""
        return Split(self.features[which], self.targets[which], self.names[which], self.groups[which])

    def checksums(self) -> np.ndarray:
        """Return a checksum of each row as uint64, of shape (N,)."""
        whole = np.concatenate([self.features, self.targets], axis=1).astype("<f4")
        return splitting.checksums(row.tobytes() for row in whole)


def rows_of(source: Source, features: tuple[str, ...], references: tuple[str, ...], label: str = "") -> Split:
    """Return all rows of a table that have no gap."""
    table = source.table
    if table.kinds[source.target] != "number":
        words = ", ".join(sorted(set(table.words(source.target).tolist()))[:3])
        raise ProjectError(
            f"{table.source}: the target {source.target!r} holds words ({words}), and a regression predicts"
            " numbers: choose another column by --target, or a template for classification"
        )
    columns = encoding.needed(table, features, references)
    groups = (source.group,) if source.group else ()
    full, lines = encoding.without_gaps(table, (*columns, *groups, source.target))
    if lines:
        print(f"data        {len(lines)} rows with gaps were left out, the first is line {lines[0]}")
    if not len(full):
        raise ProjectError(f"{table.source}: every row has a gap")
    targets = full.column(source.target).astype(np.float32)[:, None]
    return Split(
        encoding.encode(full, features, references),
        targets,
        full.words(label) if label else np.array([f"line {line}" for line in full.lines.tolist()]),
        full.words(source.group) if source.group else np.full(len(full), ""),
    )


def label_of(table: Table, card: ModelCard) -> str:
    """Return a column of words that the network does not see: it names the rows."""
    hidden = (card.target, card.group)
    return next((n for n in table.names if table.kinds[n] == "category" and n not in hidden and not
                 any(one.startswith(f"{n}=") for one in card.references)), "")  # fmt: skip


def divide(whole: Split) -> tuple[tuple[Split, Split, Split], int]:
    """Divide rows into training, validation and test, each group alike.

    A row's place follows from its checksum: as good as random, the same on every machine, and no seed changes
    it. A row that occurs twice counts once; the number of those left out is returned too.
    """
    rows = whole.take(splitting.distinct(whole.checksums(), set()))
    _, groups, counts = np.unique(rows.groups, return_inverse=True, return_counts=True)
    if counts.min() < FEWEST:  # at least one row of each would be taken: of tiny groups all
        groups = np.zeros_like(groups)
    train, validation, test = (rows.take(places) for places in splitting.divided(groups))
    return (train, validation, test), len(whole) - len(rows)


def joined(*parts: Split) -> Split:
    """Return the rows of several parts, in the order of their checksums."""
    names = ("features", "targets", "names", "groups")
    whole = Split(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return whole.take(np.argsort(whole.checksums(), kind="stable"))
