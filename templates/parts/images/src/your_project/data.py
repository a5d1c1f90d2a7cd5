"""Images and what is on them, split for training, validation and test.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import sources, splitting
from .image_folder import fit_images
from .labelled import LabelledData, LabelledSplit, divide, unseen

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings
    from .sources import Source

BLOCK = 1 << 20  # pixels that are counted at a time


@dataclass(frozen=True)
class Split(LabelledSplit):
    """Images (uint8, (N, height, width, channels)) and the index of each one's class (int64, (N,))."""

    images: np.ndarray
    labels: np.ndarray

    def checksums(self) -> np.ndarray:
        """Return a checksum of each image as uint64, of shape (N,)."""
        return splitting.checksums(image.tobytes() for image in self.images)


@dataclass(frozen=True)
class Data(LabelledData):
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

    def with_parts(self, train: Split, validation: Split, test: Split, classes: tuple[str, ...]) -> Data:
        """Return the same with other parts, normalised by what the training part is now."""
        return make(self.name, classes, train, validation, test, mirror=self.mirror)

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
    source = sources.read(replace(settings, image_size=card.image_shape[0]))
    part = Split(*source.whole) if source.whole and not same else split(source)[0][2]
    kept = unseen(part, source.classes, card.classes, seen, settings.data)
    return Split(fit_images(kept.images, card.image_shape), kept.labels)


def make(
    name: str, classes: tuple[str, ...], train: Split, validation: Split, test: Split, *, mirror: bool
) -> Data:
    """Put parts together; a part in which a class is missing is a `ProjectError`."""
    pixels = train.images.reshape(-1, train.images.shape[3])
    # how often each value occurs: exact sums, and a copy of few pixels at a time
    values, count = np.arange(256), max(1, len(pixels))
    often = np.zeros((pixels.shape[1], len(values)), np.int64)
    for start in range(0, len(pixels), BLOCK):
        channels = pixels[start : start + BLOCK].T
        often += np.stack([np.bincount(channel, minlength=len(values)) for channel in channels])
    mean = often @ values / count
    std = np.sqrt(np.maximum(often @ values**2 / count - mean**2, 0))
    std = np.where(std > 0, std, 1.0)  # a constant channel tells nothing; do not divide by zero
    measured = tuple(mean.tolist()), tuple(std.tolist())
    return Data(name, train, validation, test, classes, mirror, *measured).checked()


def split(source: Source) -> tuple[tuple[Split, Split, Split], int]:
    """Divide images as their checksums say, but for parts that were given; see `labelled.divide`."""
    given = {
        name: Split(*arrays)
        for name, arrays in (("validation", source.validation), ("test", source.test))
        if arrays is not None
    }
    return divide(Split(*source.rest), **given)
