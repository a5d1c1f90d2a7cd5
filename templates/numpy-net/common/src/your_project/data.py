"""The samples: handwritten digits, or the four points of XOR, as rows of numbers with a class each.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import splitting
from .errors import ProjectError
from .labelled import LabelledData, LabelledSplit

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings

DIGITS = tuple("0123456789")
PARITY = ("even", "odd")
XOR_INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.uint8)
XOR_LABELS = np.array([0, 1, 1, 0])
XOR_TIMES = 64  # how often an epoch shows each point: four samples alone would make epochs of a single step


@dataclass(frozen=True)
class Split(LabelledSplit):
    """Features (uint8, (N, features)) and the index of each sample's class (int64, (N,))."""

    inputs: np.ndarray
    labels: np.ndarray

    def checksums(self) -> np.ndarray:
        """Return a checksum of each sample as uint64, of shape (N,)."""
        return splitting.checksums(row.tobytes() for row in self.inputs)


@dataclass(frozen=True)
class Data(LabelledData):
    """Three parts, and how to normalise them. Those of digits have no sample in common."""

    unit: ClassVar[str] = "samples"

    name: str
    train: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]

    @property
    def features(self) -> int:
        """How many numbers a sample has."""
        return int(self.train.inputs.shape[1])

    @property
    def mean(self) -> float:
        """Mean of all features of the training part: the test part is not known yet when it is needed."""
        return float(self.train.inputs.mean(dtype=np.float64))

    @property
    def std(self) -> float:
        """Standard deviation of all features of the training part, 1 where they are all the same."""
        return float(self.train.inputs.std(dtype=np.float64)) or 1.0

    def describe(self) -> str:
        """Return what the samples are like, for the reader."""
        words = f"{self.features} features, {len(self.classes)} classes"
        if self.name == "xor":
            return f"{words}; the four points are all that there is, so they test only what was learned"
        return words

    def by_parity(self) -> Data:
        """Return digits as even and odd ones: a task that is not linear, for which labels are few."""
        if self.classes != DIGITS:
            raise ProjectError(f"{self.name} is not made of the ten digits, which are even or odd")
        train, validation, test = (
            Split(part.inputs, part.labels % 2) for part in (self.train, self.validation, self.test)
        )
        return Data(self.name, train, validation, test, PARITY)


def load(settings: Settings) -> Data:
    """Load and split the samples that the settings name. The split depends on the samples alone."""
    readers = {"digits": _digits, "xor": _xor}
    if settings.data not in readers:
        raise ProjectError(f"--data {settings.data} is none of {', '.join(readers)}")
    return readers[settings.data]().limited(settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return samples to evaluate a network on; of digits none that it has seen.

    `seen` holds checksums. XOR has four points and no others: a network is asked for those that it learned,
    and the accuracy says that it learned them, not that it would do well elsewhere.
    """
    found = load(settings)
    if found.features != card.features:
        raise ProjectError(
            f"{settings.data} has {found.features} features a sample, and the network takes {card.features}"
        )
    if card.classes == PARITY:
        found = found.by_parity()
    part = found.test.of_classes(found.classes, card.classes)
    if found.name != "xor":
        part = part.take(~np.isin(part.checksums(), seen))
    if not len(part):
        raise ProjectError(f"{settings.data} has no samples of {', '.join(card.classes)} left to test with")
    return part


def _digits() -> Data:
    """Read scikit-learn's 1,797 digits: 8x8 pixels in 17 shades, no two of them the same.

    They are the test part of E. Alpaydin and C. Kaynak 1998, "Optical Recognition of Handwritten Digits",
    https://archive.ics.uci.edu/dataset/80.
    """
    from sklearn.datasets import load_digits  # takes a second: not before it is needed

    pixels, labels = load_digits(return_X_y=True)
    whole = Split(pixels.astype(np.uint8), labels.astype(np.int64))
    whole = whole.take(splitting.distinct(whole.checksums(), set()))
    train, validation, test = (whole.take(which) for which in splitting.divided(whole.labels))
    return Data("digits", train, validation, test, DIGITS)


def _xor() -> Data:
    """Return the four points, of which nothing can be set aside: three of them say nothing about the last."""
    points = Split(XOR_INPUTS, XOR_LABELS)
    train = Split(np.tile(XOR_INPUTS, (XOR_TIMES, 1)), np.tile(XOR_LABELS, XOR_TIMES))
    return Data("xor", train, points, points, ("0", "1"))
