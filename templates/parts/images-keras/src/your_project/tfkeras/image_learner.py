"""What every Keras engine does that classifies images."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from ..data import Data, Split
from .augment import Batches, one_hot
from .learner import Learner


class ImageLearner(Learner):
    """A classifier of images."""

    # without label smoothing, unlike the loss
    measures: Mapping[str, str] = {"validation_loss": "cross_entropy", "validation_accuracy": "accuracy"}

    def batches(self, data: Data) -> Batches:
        """Return the training images, shifted and mirrored anew in each epoch."""
        settings = self.settings
        return Batches(
            data.train,
            len(self.card.classes),
            size=settings.batch_size,
            seed=settings.seed,
            augment=settings.augment,
            mirror=data.mirror,
        )

    def inputs(self, part: Split) -> np.ndarray:
        """Return images as uint8, (N, height, width, channels)."""
        return part.images

    def targets(self, part: Split) -> np.ndarray:
        """Return a one for the class of each image, and zeros: smoothing needs a share for every class."""
        return one_hot(part.labels, len(self.card.classes))

    def loss(self) -> keras.losses.Loss:
        """Return cross-entropy with the label smoothing that was chosen."""
        return keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=self.settings.label_smoothing
        )

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return cross-entropy without label smoothing, and the share of right answers."""
        return [
            keras.metrics.CategoricalCrossentropy(name="cross_entropy", from_logits=True),
            keras.metrics.CategoricalAccuracy(name="accuracy"),
        ]
