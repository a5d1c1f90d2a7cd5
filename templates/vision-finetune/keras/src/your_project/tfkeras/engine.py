"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from ..data import Data, Split
from ..engine import ModelCard
from ..settings import Settings
from . import backbones, gradcam
from .augment import Batches, one_hot
from .learner import Learner


class KerasEngine(Learner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    # without label smoothing, unlike the loss
    measures: Mapping[str, str] = {"validation_loss": "cross_entropy", "validation_accuracy": "accuracy"}

    def build(self) -> keras.Model:
        """Return the network of the card."""
        return backbones.build(self.card, self.settings.seed)

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return backbones.sections(self.network)

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
        """Return a one for the class of each image, and zeros."""
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

    def load_imagenet(self, *, head: bool = False) -> None:
        """Put the ImageNet weights into the body; `head`: into the head, too, which then has 1000 outputs."""
        backbones.load_imagenet(self.network, self.card, head=head)

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return where in each image the network sees a class."""
        with self._device.scope():
            return gradcam.heat(self.network, self.inputs(part), classes)
