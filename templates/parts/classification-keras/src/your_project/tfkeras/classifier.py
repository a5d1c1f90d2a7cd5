"""What every Keras engine does whose network gives a score for each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from .learner import Learner


class ClassLearner(Learner):
    """A network that gives logits, (N, classes)."""

    measures: Mapping[str, str] = {"validation_loss": "loss", "validation_accuracy": "accuracy"}

    def targets(self, part: Any) -> np.ndarray:
        """Return the classes' numbers: that is why the loss is the *sparse* cross-entropy."""
        numbers: np.ndarray = part.labels.astype("int32")
        return numbers

    def loss(self) -> keras.losses.Loss:
        """Return cross-entropy of classes' numbers; rows with a one would need `CategoricalCrossentropy`."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return the share of right answers."""
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
