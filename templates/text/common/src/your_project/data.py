"""Texts and what they are, split for training, validation and test.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import sources, splitting
from .errors import ProjectError
from .words import is_chinese

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings
    from .sources import Rows, Source


@dataclass(frozen=True)
class Split:
    """Texts (str objects, (N,)) and the index of each one's class (int64, (N,))."""

    texts: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: np.ndarray | slice) -> Split:
        """Return the texts at these indices, in this slice, or where a mask is true."""
        return Split(self.texts[which], self.labels[which])

    def checksums(self) -> np.ndarray:
        """Return a checksum of each text as uint64, of shape (N,).

        White space and capitals do not count: a text that differs only in them is the same text.
        """
        return splitting.checksums(" ".join(text.casefold().split()).encode() for text in self.texts)


@dataclass(frozen=True)
class Data:
    """Three parts without a common text."""

    unit: ClassVar[str] = "texts"

    name: str
    train: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]

    @property
    def chinese(self) -> bool:
        """Whether the training texts are written without spaces between words."""
        return is_chinese(self.train.texts)

    def describe(self) -> str:
        """Return what the texts are like, for the reader."""
        usual = int(np.median([len(text) for text in self.train.texts]))
        language = "Chinese" if self.chinese else "words between spaces"
        return f"{len(self.classes)} classes, {language}, usually {usual} characters"

    def few(self, shots: int, seed: int) -> Data:
        """Return the same with at most this many training (and validation) texts of each class, 0 = all.

        Validation is cut down too: with more texts to choose the best epoch by than to learn from, the task
        would not be the one that it claims to be. The test texts stay.
        """
        if not shots:
            return self
        train, validation = (
            part.take(splitting.few_of_each(part.labels, shots, seed))
            for part in (self.train, self.validation)
        )
        return replace(self, train=train, validation=validation)

    def limited(self, most: int) -> Data:
        """Return the same with at most this many training texts (0 = all), of every class alike."""
        if not most or most >= len(self.train):
            return self
        if most < len(self.classes):
            raise ProjectError(
                f"--limit {most}: {self.name} has {len(self.classes)} classes, one text each is least"
            )
        return replace(self, train=self.train.take(splitting.first_of_all(self.train.labels, most)))


def load(settings: Settings) -> Data:
    """Load, clean and split the texts that the settings name. The split depends on the texts alone."""
    source = sources.read(settings)
    if len(source.classes) < 2:
        raise ProjectError(
            f"{settings.data}: every label is {source.classes[0]!r}: there is nothing to tell apart"
        )
    parts, doubles = split(source)
    if doubles:
        print(f"data        {doubles} texts occur more than once and were left out")
    for part, content in zip(("training", "validation", "test"), parts, strict=True):
        present = np.bincount(content.labels, minlength=len(source.classes))
        if missing := [name for name, count in zip(source.classes, present, strict=True) if not count]:
            raise ProjectError(
                f"{settings.data}: no {part} text of {', '.join(missing[:5])}: more texts of it are needed"
            )
    return Data(settings.data, *parts, source.classes).limited(settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return texts to evaluate a network on, none of which it has seen.

    `seen` holds checksums. From the data that the network was trained on (`same`) it is the test part; of
    other texts that are not divided, it is all.
    """
    source = sources.read(settings)
    if not (known := [name for name in source.classes if name in card.classes]):
        raise ProjectError(f"{settings.data} has none of the network's classes {', '.join(card.classes)}")
    number = np.array([card.classes.index(name) if name in known else -1 for name in source.classes])
    part = split(source)[0][2] if same or source.test else _numbered(source.rest, source.classes)
    kept = part.take((number[part.labels] >= 0) & ~np.isin(part.checksums(), seen))
    if not len(kept):
        raise ProjectError(f"{settings.data}: the network was trained on every one of these texts")
    return Split(kept.texts, number[kept.labels])


def split(source: Source) -> tuple[tuple[Split, Split, Split], int]:
    """Divide texts into training, validation and test, class by class; a test part that was given is kept.

    A text's place follows from its checksum: as good as random, the same on every machine, and no seed
    changes it. A text that occurs twice counts once, so that none is in two parts; the number of those left
    out is returned too.
    """
    seen: set[int] = set()
    # the test part comes first: what is in it and in training as well is taken from training
    test = _distinct(source.test, source.classes, seen) if source.test else None
    rest = _distinct(source.rest, source.classes, seen)
    given = len(source.rest[0]) + (len(source.test[0]) if source.test else 0)
    if test is None:
        test, rest = _part_off(rest, splitting.TEST_SHARE)
    validation, train = _part_off(rest, splitting.VALIDATION_SHARE)
    return (train, validation, test), given - len(seen)


def texts_of(texts: list[str]) -> np.ndarray:
    """Return texts as an array of objects: one of NumPy's own strings would be as long as the longest."""
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def _numbered(rows: Rows, classes: tuple[str, ...]) -> Split:
    number = {name: at for at, name in enumerate(classes)}
    return Split(texts_of(rows[0]), np.array([number[label] for label in rows[1]], np.int64))


def _distinct(rows: Rows, classes: tuple[str, ...], seen: set[int]) -> Split:
    """Return the texts that were not seen before, in the order of their checksums, and remember them."""
    whole = _numbered(rows, classes)
    return whole.take(splitting.distinct(whole.checksums(), seen))


def _part_off(whole: Split, share: float) -> tuple[Split, Split]:
    """Take this share of each class, at least one text, off; return it and the rest."""
    taken = splitting.part_off(whole.labels, share)
    return whole.take(taken), whole.take(~taken)
