"""Training data that fits into memory, batch by batch in an order of its own for each epoch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


class ArrayBatches(keras.utils.PyDataset):
    """Inputs (an array, or a tuple of them) and targets.

    The order follows from (seed, epoch) alone: a resumed run sees just what an unbroken one would have seen.
    """

    def __init__(self, inputs: Any, targets: np.ndarray, *, size: int, seed: int) -> None:
        super().__init__()  # no workers: to cut a batch takes less time than to hand it over
        self.inputs, self.targets, self.seed = inputs, targets, seed
        self.size = min(size, len(targets))
        self.start(0)

    def start(self, epoch: int) -> None:
        """Begin an epoch: draw its order."""
        # Two streams must differ in a number that is not 0: NumPy fills seeds up with zeros.
        self.order = np.random.default_rng((self.seed, epoch, 1)).permutation(len(self.targets))

    def __len__(self) -> int:
        # The last incomplete batch is left out: its gradient would be noisier, at the same learning rate.
        return len(self.targets) // self.size

    def __getitem__(self, step: int) -> tuple[Any, np.ndarray]:
        which = self.order[step * self.size : (step + 1) * self.size]
        several = isinstance(self.inputs, tuple)
        inputs = tuple(one[which] for one in self.inputs) if several else self.inputs[which]
        return inputs, self.targets[which]
