"""Data of which each sample has a class, and what can be done with it whatever the samples are."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from . import splitting
from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

SplitKind = TypeVar("SplitKind", bound="LabelledSplit")
DataKind = TypeVar("DataKind", bound="LabelledData")


class LabelledSplit:
    """What a dataclass of arrays with a common first axis can do; one of them is `labels`, int64 (N,)."""

    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self: SplitKind, which: np.ndarray | slice) -> SplitKind:
        """Return the samples at these indices, in this slice, or where a mask is true."""
        taken = {one.name: getattr(self, one.name)[which] for one in fields(self)}  # type: ignore[arg-type]
        return replace(self, **taken)  # type: ignore[type-var]

    def checksums(self) -> np.ndarray:
        """Return a checksum of each sample as uint64, of shape (N,)."""
        raise NotImplementedError

    def of_classes(self: SplitKind, old: Sequence[str], new: Sequence[str]) -> SplitKind:
        """Return the samples of the new classes, whose numbers were among the old ones."""
        number = np.array([new.index(name) if name in new else -1 for name in old])
        kept = self.take(number[self.labels] >= 0)
        return replace(kept, labels=number[kept.labels])  # type: ignore[type-var]


class LabelledData:
    """What a dataclass of three parts and their classes can do."""

    unit: ClassVar[str]  # what a sample is, in the plural: images
    name: str
    train: Any
    validation: Any
    test: Any
    classes: tuple[str, ...]

    def with_parts(
        self: DataKind, train: Any, validation: Any, test: Any, classes: tuple[str, ...]
    ) -> DataKind:
        """Return the same with other parts; whoever keeps more of the training part measures it anew."""
        changed = {"train": train, "validation": validation, "test": test, "classes": classes}
        return replace(self, **changed)  # type: ignore[type-var]

    def checked(self: DataKind) -> DataKind:
        """Return the same; a part in which a class is missing is a `ProjectError`."""
        for name, part in (("training", self.train), ("validation", self.validation), ("test", self.test)):
            present = np.bincount(part.labels, minlength=len(self.classes))
            if missing := [one for one, count in zip(self.classes, present, strict=True) if not count]:
                raise ProjectError(
                    f"{self.name}: no {name} {self.unit} of {', '.join(missing[:5])}: more of them are needed"
                )
        return self

    def only(self: DataKind, classes: tuple[str, ...]) -> DataKind:
        """Return the samples of some classes, numbered anew in the order given."""
        if missing := [name for name in classes if name not in self.classes]:
            raise ProjectError(
                f"{self.name} has no class {', '.join(missing)}; it has {', '.join(self.classes)}"
            )
        parts = (self.train, self.validation, self.test)
        train, validation, test = (part.of_classes(self.classes, classes) for part in parts)
        return self.with_parts(train, validation, test, classes)

    def few(self: DataKind, shots: int, seed: int) -> DataKind:
        """Return the same with at most this many training (and validation) samples of each class, 0 = all.

        Validation is cut down too: with more samples to choose the best epoch by than to learn from, the task
        would not be the one that it claims to be. The test samples stay.
        """
        if not shots:
            return self
        train, validation = (
            part.take(splitting.few_of_each(part.labels, shots, seed))
            for part in (self.train, self.validation)
        )
        return self.with_parts(train, validation, self.test, self.classes)

    def limited(self: DataKind, most: int) -> DataKind:
        """Return the same with at most this many training samples (0 = all), of every class alike."""
        if not most or most >= len(self.train):
            return self
        if most < len(self.classes):
            raise ProjectError(
                f"--limit {most}: {self.name} has {len(self.classes)} classes, and each needs one at least"
            )
        train = self.train.take(splitting.first_of_all(self.train.labels, most))
        return self.with_parts(train, self.validation, self.test, self.classes)


def divide(
    rest: SplitKind, validation: SplitKind | None = None, test: SplitKind | None = None
) -> tuple[tuple[SplitKind, SplitKind, SplitKind], int]:
    """Divide samples into training, validation and test, class by class; parts that were given are kept.

    A sample's place follows from its checksum: as good as random, the same on every machine, and no seed
    changes it. A sample that occurs twice counts once, so that none is in two parts; the number of those
    left out is returned too.
    """
    given = sum(len(part) for part in (rest, validation, test) if part is not None)
    seen: set[int] = set()
    # the test part comes first: what is in it and in training as well is taken from training
    test = _distinct(test, seen) if test is not None else None
    validation = _distinct(validation, seen) if validation is not None else None
    rest = _distinct(rest, seen)
    if test is None:
        test, rest = _part_off(rest, splitting.TEST_SHARE)
    if validation is None:
        validation, rest = _part_off(rest, splitting.VALIDATION_SHARE)
    return (rest, validation, test), given - len(seen)


def unseen(part: SplitKind, old: Sequence[str], new: Sequence[str], seen: np.ndarray, name: str) -> SplitKind:
    """Return the samples of a network's classes that it has not learned from, numbered as its classes are.

    `seen` holds checksums, `name` says which data it is.
    """
    if not set(old) & set(new):
        raise ProjectError(f"{name} has none of the network's classes {', '.join(new)}")
    fresh = part.take(~np.isin(part.checksums(), seen)).of_classes(old, new)
    if not len(fresh):
        raise ProjectError(f"{name}: the network was trained on every one of these samples")
    return fresh


def _distinct(part: SplitKind, seen: set[int]) -> SplitKind:
    return part.take(splitting.distinct(part.checksums(), seen))


def _part_off(whole: SplitKind, share: float) -> tuple[SplitKind, SplitKind]:
    """Take this share of each class, at least one sample, off; return it and the rest."""
    taken = splitting.part_off(whole.labels, share)
    return whole.take(taken), whole.take(~taken)
