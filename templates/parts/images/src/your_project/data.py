"""Images and what is on them, split for training, validation and test.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import sources, splitting
from .errors import ProjectError
from .image_folder import fit_images

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings
    from .sources import Arrays, Source


@dataclass(frozen=True)
class Split:
    """Images (uint8, (N, height, width, channels)) and the index of each one's class (int64, (N,))."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: np.ndarray | slice) -> Split:
        """Return the images at these indices, in this slice, or where a mask is true."""
        return Split(self.images[which], self.labels[which])

    def checksums(self) -> np.ndarray:
        """Return a checksum of each image as uint64, of shape (N,)."""
        return splitting.checksums(image.tobytes() for image in self.images)


@dataclass(frozen=True)
class Data:
    """Three parts without a common image, and how to normalise them."""

    unit: ClassVar[str] = "images"

    name: str
    train: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]
    mirror: bool  # a mirrored image keeps its class
    mean: tuple[float, ...]  # of each channel, in 0..255, from the training part only
    std: tuple[float, ...]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        height, width, channels = self.train.images.shape[1:]
        return height, width, channels

    def describe(self) -> str:
        """Return what the images are like, for the reader."""
        height, width, channels = self.image_shape
        return f"{width}x{height} {'grey' if channels == 1 else 'colour'}, {len(self.classes)} classes"

    def only(self, classes: tuple[str, ...]) -> Data:
        """Return the images of some classes, numbered anew in the order given."""
        if missing := [name for name in classes if name not in self.classes]:
            raise ProjectError(
                f"{self.name} has no class {', '.join(missing)}; it has {', '.join(self.classes)}"
            )
        number = np.full(len(self.classes), -1)
        number[[self.classes.index(name) for name in classes]] = np.arange(len(classes))
        parts = (self.train, self.validation, self.test)
        kept = (p.take(number[p.labels] >= 0) for p in parts)
        renumbered = (Split(p.images, number[p.labels]) for p in kept)
        return make(self.name, classes, *renumbered, mirror=self.mirror)

    def few(self, shots: int, seed: int) -> Data:
        """Return the same with at most this many training (and validation) images of each class, 0 = all.

        Validation is cut down too: with more images to choose the best epoch by than to learn from, the task
        would not be the one that it claims to be. The test images stay.
        """
        if not shots:
            return self
        train, validation = (
            part.take(splitting.few_of_each(part.labels, shots, seed))
            for part in (self.train, self.validation)
        )
        return make(self.name, self.classes, train, validation, self.test, mirror=self.mirror)

    def limited(self, most: int) -> Data:
        """Return the same with at most this many training images (0 = all), of every class alike."""
        if not most or most >= len(self.train):
            return self
        if most < len(self.classes):
            raise ProjectError(
                f"--limit {most}: {self.name} has {len(self.classes)} classes, one image each is least"
            )
        train = self.train.take(splitting.first_of_all(self.train.labels, most))
        return make(self.name, self.classes, train, self.validation, self.test, mirror=self.mirror)

    def fitted(self, shape: tuple[int, int, int]) -> Data:
        """Return the same images in another size or with other channels."""
        if self.image_shape == shape:
            return self
        parts = (self.train, self.validation, self.test)
        fitted = (Split(fit_images(part.images, shape), part.labels) for part in parts)
        return make(self.name, self.classes, *fitted, mirror=self.mirror)


def load(settings: Settings) -> Data:
    """Load, clean and split the images that the settings name. The split depends on the images alone."""
    source = sources.read(settings)
    parts, doubles = split(source)
    if doubles:
        print(f"data        {doubles} images occur more than once and were left out")
    return make(settings.data, source.classes, *parts, mirror=source.mirror).limited(settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return images to evaluate a network on, none of which it has seen, in the size that it takes.

    `seen` holds checksums. From the data that the network was trained on (`same`) it is the test part; of
    other images that are not divided, it is all.
    """
    classes = card.classes
    source = sources.read(replace(settings, image_size=card.image_shape[0]))
    part = Split(*source.whole) if source.whole and not same else split(source)[0][2]
    if not (known := [name for name in source.classes if name in classes]):
        raise ProjectError(f"{settings.data} has none of the network's classes {', '.join(classes)}")
    number = np.array([classes.index(name) if name in known else -1 for name in source.classes])
    kept = part.take((number[part.labels] >= 0) & ~np.isin(part.checksums(), seen))
    if not len(kept):
        raise ProjectError(f"{settings.data}: the network was trained on every one of these images")
    return Split(fit_images(kept.images, card.image_shape), number[kept.labels])


def make(
    name: str, classes: tuple[str, ...], train: Split, validation: Split, test: Split, *, mirror: bool
) -> Data:
    """Put parts together; a part in which a class is missing is a `ProjectError`."""
    for part, content in (("training", train), ("validation", validation), ("test", test)):
        present = np.bincount(content.labels, minlength=len(classes))
        if missing := [name for name, count in zip(classes, present, strict=True) if not count]:
            raise ProjectError(
                f"{name}: no {part} image of {', '.join(missing)}: more images of it are needed"
            )
    pixels = train.images.reshape(-1, train.images.shape[3])
    # integer sums: exact, and no copy of the images as floats
    count = len(pixels)
    sums = pixels.sum(0, dtype=np.int64)
    squares = np.stack([np.bincount(channel, minlength=256) for channel in pixels.T]) @ np.arange(256) ** 2
    mean = sums / count
    std = np.sqrt(squares / count - mean**2)
    std = np.where(std > 0, std, 1.0)  # a constant channel tells nothing; do not divide by zero
    return Data(name, train, validation, test, classes, mirror, tuple(mean.tolist()), tuple(std.tolist()))


def split(source: Source) -> tuple[tuple[Split, Split, Split], int]:
    """Divide images into training, validation and test, class by class; parts that were given are kept.

    An image's place follows from its checksum: as good as random, the same on every machine, and no seed
    changes it. An image that occurs twice counts once, so that none is in two parts; the number of those
    left out is returned too.
    """
    seen: set[int] = set()
    # the test part comes first: what is in it and in training as well is taken from training
    test = _distinct(source.test, seen) if source.test else None
    validation = _distinct(source.validation, seen) if source.validation else None
    rest = _distinct(source.rest, seen)
    given = sum(len(part[1]) for part in (source.test, source.validation, source.rest) if part)
    if test is None:
        test, rest = _part_off(rest, splitting.TEST_SHARE)
    if validation is None:
        validation, rest = _part_off(rest, splitting.VALIDATION_SHARE)
    return (rest, validation, test), given - len(seen)


def _distinct(arrays: Arrays, seen: set[int]) -> Split:
    """Return the images that were not seen before, in the order of their checksums, and remember them."""
    whole = Split(*arrays)
    return whole.take(splitting.distinct(whole.checksums(), seen))


def _part_off(whole: Split, share: float) -> tuple[Split, Split]:
    """Take this share of each class, at least one image, off; return it and the rest."""
    taken = splitting.part_off(whole.labels, share)
    return whole.take(taken), whole.take(~taken)
