"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from ..data import Data, Split
from ..engine import ModelCard
from ..settings import Settings
from .arrays import ArrayBatches
from .learner import HEAD, Learner
from .model import build, sections


class InVariances(keras.losses.Loss):
    """The mean squared error in units of the target's variance: no target is too large to learn."""

    def __init__(self, deviation: float) -> None:
        super().__init__(name="squared_error")
        self.deviation = deviation

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each row; both are columns of shape (N, 1)."""
        return keras.ops.mean(keras.ops.square((y_true - y_pred) / self.deviation), axis=-1)


class KerasEngine(Learner):
    """A regression on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    measures: Mapping[str, str] = {"validation_loss": "loss", "validation_mae": "mae"}

    def build(self) -> keras.Model:
        """Return the network of the card."""
        return build(self.card, self.settings.seed)

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return sections(self.network)

    def batches(self, data: Data) -> ArrayBatches:
        """Return the training rows in an order of its own for each epoch."""
        settings = self.settings
        return ArrayBatches(
            data.train.features, data.train.targets, size=settings.batch_size, seed=settings.seed
        )

    def inputs(self, part: Split) -> np.ndarray:
        """Return rows, float32, (N, features)."""
        return part.features

    def targets(self, part: Split) -> np.ndarray:
        """Return the true values, float32, (N, 1): a column, as the network's outputs are.

        Of outputs (N, 1) and targets (N,) the difference would be (N, N), and the loss the same for all.
        """
        return part.targets

    def loss(self) -> keras.losses.Loss:
        """Return the mean squared error in units of the target's variance."""
        return InVariances(self.card.target_std)

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return the mean absolute error, in the target's unit."""
        return [keras.metrics.MeanAbsoluteError(name="mae")]

    def noted(self) -> dict[str, float]:
        """Return the two weights of a linear model whose way the report draws."""
        weights = np.asarray(self.network.get_layer(HEAD).get_weights()[0])[:, 0]
        return {f"weight_{n}": float(weights[at]) for n, at in enumerate(self.card.shown, start=1)}
