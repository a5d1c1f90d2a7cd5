"""Rows and what is to be told of each, split for training, validation and test.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import features as measuring
from . import sources, splitting
from .errors import ProjectError
from .targets import found, labelled

if TYPE_CHECKING:
    from .engine import ModelCard
    from .features import Feature
    from .settings import Settings
    from .sources import Source
    from .tables import Table

FEWEST = 3  # rows of a class: one for each part


@dataclass(frozen=True)
class Split:
    """Rows as in the file, as the network takes them, and the index of each one's class."""

    table: Table
    columns: np.ndarray  # float32 (N, features): see `features.encode`
    labels: np.ndarray  # int64 (N,)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: np.ndarray | slice) -> Split:
        """Return the rows at these indices, in this slice, or where a mask is true."""
        return Split(self.table.take(which), self.columns[which], self.labels[which])

    def checksums(self) -> np.ndarray:
        """Return a checksum of each row as uint64, of shape (N,)."""
        return checksums(self.table)


@dataclass(frozen=True)
class Data:
    """Three parts without a common row, and what the training rows say of the columns."""

    unit: ClassVar[str] = "rows"

    name: str
    train: Split
    validation: Split
    test: Split
    target: str
    classes: tuple[str, ...]
    positive: str  # of two classes the one to be found, "" = there are more
    features: tuple[Feature, ...]
    hidden: tuple[str, ...] = ()  # columns that the network must not see
    group: str = ""  # column that says which rows belong together, for fine-tuning

    @property
    def counts(self) -> tuple[int, ...]:
        """Training rows of each class."""
        return tuple(np.bincount(self.train.labels, minlength=len(self.classes)).tolist())

    def describe(self) -> str:
        """Return what the rows are like, for the reader."""
        numbers = sum(feature.numeric for feature in self.features)
        shares = ", ".join(
            f"{name} {count / len(self.train):.0%}"
            for name, count in zip(self.classes, self.counts, strict=True)
        )
        return f"{numbers} numbers and {len(self.features) - numbers} categories; {self.target}: {shares}"

    def where(self, kept: Sequence[np.ndarray], features: tuple[Feature, ...] | None = None) -> Data:
        """Return some rows of each part, read by given features or by those of the training rows kept."""
        parts = [part.take(mask) for part, mask in zip(self.parts, kept, strict=True)]
        return make(self, [(part.table, part.labels) for part in parts], features)

    def few(self, shots: int, seed: int) -> Data:
        """Return the same with this many training (and validation) rows, 0 = all; classes keep their shares.

        Validation is cut down too: with more rows to choose the best epoch by than to learn from, the task
        would not be the one that it claims to be. The test rows stay.
        """
        if not shots:
            return self
        kept = [fewer(part, shots, seed) for part in (self.train, self.validation)]
        return self.where([*kept, np.arange(len(self.test))])

    def limited(self, most: int) -> Data:
        """Return the same with at most this many training rows, 0 = all; classes keep their shares."""
        if not most or most >= len(self.train):
            return self
        if most < len(self.classes):
            raise ProjectError(
                f"--limit {most}: {self.name} has {len(self.classes)} classes, one row each is least"
            )
        return self.where(
            [fewer(self.train, most, 0), np.arange(len(self.validation)), np.arange(len(self.test))]
        )

    def read_by(self, features: tuple[Feature, ...]) -> Data:
        """Return the same rows as a network takes them that measured the columns elsewhere."""
        return self.where([np.arange(len(part)) for part in self.parts], features)

    @property
    def parts(self) -> tuple[Split, Split, Split]:
        """Training, validation, test."""
        return self.train, self.validation, self.test


def load(settings: Settings, card: ModelCard | None = None) -> Data:
    """Read, check and split the rows that the settings name. The split depends on the rows alone.

    A `card` says what the columns are: they are read as the network that it describes reads them.
    """
    source = sources.read(settings, measuring.kinds(card.features) if card else None)
    for note in source.table.notes:
        print(f"data        {note}")
    labels, classes = labelled(source)
    rows = whole(settings, source, labels, classes)
    if not card:
        for name in measuring.names(rows.train.table.without((rows.target, *rows.hidden))):
            print(f"data        column {name!r} is left out: nearly each row has a word of its own there")
    return rows.limited(settings.limit)


def whole(settings: Settings, source: Source, labels: np.ndarray, classes: tuple[str, ...]) -> Data:
    """Return the data, split; rows whose target is a gap are left out and told."""
    known = labels >= 0
    if not known.all():
        print(f"data        {int((~known).sum())} rows without a value of {source.target} are left out")
    table, labels = source.table.take(known), labels[known]
    counts = np.bincount(labels, minlength=len(classes))
    if few := [name for name, count in zip(classes, counts, strict=True) if count < FEWEST]:
        raise ProjectError(
            f"{table.source}: fewer than {FEWEST} rows in which {source.target} is {', '.join(few[:5])};"
            " every class must be in training, validation and test"
        )
    positive = found(settings.positive, classes, counts)
    parts = [(table.take(which), labels[which]) for which in split(table, labels)]
    blank = Split(table.take(slice(0)), np.empty((0, 0), np.float32), labels[:0])
    for name in (source.target, *source.drop):
        table.column(name)  # an error where there is none
    frame = Data(
        settings.data, blank, blank, blank, source.target, classes, positive, (), source.drop, source.group
    )
    return make(frame, parts)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return rows to evaluate a network on, none of which it has seen, as it takes them.

    `seen` holds checksums. Of the data that the network was trained on (`same`) it is the test part; of
    other rows, it is all.
    """
    source = sources.read(replace(settings, target=card.target), measuring.kinds(card.features))
    rows = source.table
    words = rows.words(card.target)
    index = {name: at for at, name in enumerate(card.classes)}
    labels = np.array([index.get(word, -1) for word in words.tolist()])
    if same:  # the very split of `load`: by all its classes, which can be more than the network's
        every, _ = labelled(source)
        kept = np.flatnonzero(every >= 0)
        part = kept[split(rows.take(kept), every[kept])[2]]
        rows, labels = rows.take(part), labels[part]
    known = (labels >= 0) & ~np.isin(checksums(rows), seen)
    if same and card.group:  # adapted to some rows of this data: the others are its base's
        known &= rows.words(card.group) != card.old
    if not known.any():
        raise ProjectError(f"{settings.data}: no row of the network's classes that it was not trained on")
    rows = rows.take(known)
    return Split(rows, measuring.encode(rows, card.features), labels[known])


def make(
    like: Data,
    parts: Sequence[tuple[Table, np.ndarray]],
    features: tuple[Feature, ...] | None = None,
) -> Data:
    """Put parts together; features that are not given are measured on the training rows."""
    for name, (_, labels) in zip(("training", "validation", "test"), parts, strict=True):
        if not len(labels):
            raise ProjectError(f"{like.name}: no {name} rows are left")
    features = features or measuring.measure(parts[0][0].without((like.target, *like.hidden)))
    train, validation, test = (Split(t, measuring.encode(t, features), own) for t, own in parts)
    return replace(like, train=train, validation=validation, test=test, features=features)


# --- dividing


def fewer(part: Split, most: int, seed: int) -> np.ndarray:
    """Return the places of about this many rows, drawn by the seed; each class has its share, and one row."""
    order = np.random.default_rng(seed).permutation(len(part))
    return np.sort(order[splitting.part_off(part.labels[order], min(1.0, most / len(part)))])


def split(table: Table, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places of training, validation and test rows, each class divided alike.

    A row's place follows from its checksum: as good as random, the same on every machine. Rows that are the
    same in every column stay together, so that none is in two parts.
    """
    sums = checksums(table)
    first = splitting.distinct(sums, set())
    parts = splitting.divided(labels[first])
    train, validation, test = (np.flatnonzero(np.isin(sums, sums[first[part]])) for part in parts)
    return train, validation, test


def checksums(table: Table) -> np.ndarray:
    """Return a checksum of each row as uint64; the order of the columns does not matter."""
    columns = [(name, table.columns[name]) for name in sorted(table.columns)]
    pairs = [
        [f"{name}={value!r}" for value in values.tolist()]  # repr: the shortest text that gives the number
        for name, values in columns
    ]
    return splitting.checksums("\n".join(cells).encode() for cells in zip(*pairs, strict=True))
