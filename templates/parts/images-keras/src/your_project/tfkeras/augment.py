"""Random shifts and mirror images for training, in NumPy: they are no part of the network that is saved."""

from __future__ import annotations

import keras
import numpy as np

from ..data import Split


def shift(images: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Move each image of shape (N, H, W, C) by up to `most` pixels each way; what comes in is black."""
    count, height, width, _ = images.shape
    wide = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    down, right = random.integers(0, 2 * most + 1, (2, count, 1, 1))
    rows = down + np.arange(height)[None, :, None]
    columns = right + np.arange(width)[None, None, :]
    return wide[np.arange(count)[:, None, None], rows, columns]


def mirror(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Swap left and right of a random half of the images."""
    chosen = random.integers(0, 2, len(images)) == 1
    return np.where(chosen[:, None, None, None], images[:, :, ::-1], images)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return labels as rows of zeros with a one: label smoothing needs a probability for every class."""
    return np.eye(classes, dtype="float32")[labels]


class Batches(keras.utils.PyDataset):
    """The batches of one epoch.

    Order and augmentation follow from (seed, epoch, step) alone: a resumed run sees just what an unbroken one
    would have seen, and a batch can be made again at any time.
    """

    def __init__(
        self, split: Split, classes: int, *, size: int, seed: int, augment: bool, mirror: bool
    ) -> None:
        super().__init__()  # no workers: to shift a batch takes less time than to hand it over
        self.images = split.images
        self.targets = one_hot(split.labels, classes)
        self.size = min(size, len(split.images))
        self.seed = seed
        self.most = max(1, round(min(split.images.shape[1:3]) / 14)) if augment else 0
        self.mirror = augment and mirror
        self.start(0)

    def start(self, epoch: int) -> None:
        """Begin an epoch: draw its order."""
        # Two streams must differ in a number that is not 0: NumPy fills seeds up with zeros.
        order = np.random.default_rng((self.seed, epoch, 1)).permutation(len(self.images))
        self.epoch, self.order = epoch, order

    def __len__(self) -> int:
        # The last incomplete batch is left out: its gradient would be noisier, at the same learning rate.
        return len(self.images) // self.size

    def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.order[step * self.size : (step + 1) * self.size]
        random = np.random.default_rng((self.seed, self.epoch, 2 + step))
        images = self.images[chosen]
        if self.most:
            images = shift(images, self.most, random)
        if self.mirror:
            images = mirror(images, random)
        return images, self.targets[chosen]
