"""Texts and what they are, split for training, validation and test.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import sources, splitting
from .errors import ProjectError
from .labelled import LabelledData, LabelledSplit, divide, unseen
from .words import is_chinese

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings
    from .sources import Rows, Source


@dataclass(frozen=True)
class Split(LabelledSplit):
    """Texts (str objects, (N,)) and the index of each one's class (int64, (N,))."""

    texts: np.ndarray
    labels: np.ndarray

    def checksums(self) -> np.ndarray:
        """Return a checksum of each text as uint64, of shape (N,).

        White space and capitals do not count: a text that differs only in them is the same text.
        """
        return splitting.checksums(" ".join(text.casefold().split()).encode() for text in self.texts)


@dataclass(frozen=True)
class Data(LabelledData):
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
    return Data(settings.data, *parts, source.classes).checked().limited(settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return texts to evaluate a network on, none of which it has seen.

    `seen` holds checksums. From the data that the network was trained on (`same`) it is the test part; of
    other texts that are not divided, it is all.
    """
    source = sources.read(settings)
    part = split(source)[0][2] if same or source.test else _numbered(source.rest, source.classes)
    return unseen(part, source.classes, card.classes, seen, settings.data)


def split(source: Source) -> tuple[tuple[Split, Split, Split], int]:
    """Divide texts as their checksums say, but for a test part that was given; see `labelled.divide`."""
    test = _numbered(source.test, source.classes) if source.test else None
    return divide(_numbered(source.rest, source.classes), test=test)


def texts_of(texts: list[str]) -> np.ndarray:
    """Return texts as an array of objects: one of NumPy's own strings would be as long as the longest."""
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def _numbered(rows: Rows, classes: tuple[str, ...]) -> Split:
    number = {name: at for at, name in enumerate(classes)}
    return Split(texts_of(rows[0]), np.array([number[label] for label in rows[1]], np.int64))
