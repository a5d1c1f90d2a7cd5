"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from .. import decisions
from ..data import Data, Split
from ..engine import ModelCard
from ..run_folder import RunFolder
from ..settings import Settings
from ..stages import Stage
from . import exports
from .arrays import ArrayBatches
from .learner import Learner
from .model import averaged, build, sections, served


class MemberLoss(keras.losses.Loss):
    """Cross-entropy of each member, (N, members, classes), with what an error in each class counts."""

    def __init__(self, weights: np.ndarray) -> None:
        super().__init__(name="member_loss")
        self.weights = weights

    def call(self, targets: Any, members: Any) -> Any:
        """Return the loss of each row; targets have a one for its class, (N, classes)."""
        errors = -ops.sum(ops.expand_dims(targets, 1) * ops.log_softmax(members, axis=2), axis=2)
        return ops.mean(errors, axis=1) * ops.sum(targets * self.weights, axis=1)


def cross_entropy(targets: Any, members: Any) -> Any:
    """Return the cross-entropy of the members' mean, without weights, of each row."""
    return -ops.sum(targets * averaged(members), axis=1)


def accuracy(targets: Any, members: Any) -> Any:
    """Return a one for each row that the members' mean gets right."""
    right = ops.equal(ops.argmax(targets, axis=1), ops.argmax(averaged(members), axis=1))
    return ops.cast(right, "float32")


class KerasEngine(Learner):
    """A classifier of rows on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    threshold = decisions.HALF
    # of the mean of all members, unlike the loss
    measures: Mapping[str, str] = {"validation_loss": "cross_entropy", "validation_accuracy": "accuracy"}

    def build(self) -> keras.Model:
        """Return the network of the card."""
        network = build(self.card, self.settings.seed)
        self.served = served(network)  # shares its layers
        return network

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return sections(self.network)

    def batches(self, data: Data) -> ArrayBatches:
        """Return the training rows."""
        settings = self.settings
        rows, targets = self.inputs(data.train), self.targets(data.train)
        return ArrayBatches(rows, targets, size=settings.batch_size, seed=settings.seed)

    def inputs(self, part: Split) -> np.ndarray:
        """Return rows as float32, (N, columns)."""
        return part.columns

    def targets(self, part: Split) -> np.ndarray:
        """Return a one for the class of each row, and zeros."""
        return np.eye(len(self.card.classes), dtype="float32")[part.labels]

    def loss(self) -> keras.losses.Loss:
        """Return cross-entropy of each member, weighted by class where the settings say so."""
        return MemberLoss(self.card.weights(balance=self.settings.balance))

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return cross-entropy without weights, and the share of right answers."""
        return [
            keras.metrics.MeanMetricWrapper(cross_entropy, name="cross_entropy"),
            keras.metrics.MeanMetricWrapper(accuracy, name="accuracy"),
        ]

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages, then choose the threshold on the validation rows."""
        super().fit(data, stages, run)
        part, aim = data.validation, self.settings.aim
        self.threshold = decisions.choose(self.card, self.outputs(part), part.labels, aim)
        decisions.write(run.path, self.threshold, aim)

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote, and the threshold beside them."""
        super().load(weights)
        self.threshold = decisions.beside(weights)

    def outputs(self, part: Split) -> np.ndarray:
        """Return the logits of the members' mean, float32 (N, classes)."""
        with self._device.scope():
            scores = self.served.predict(self.inputs(part), batch_size=self.chunk, verbose=0)
        return np.asarray(scores, dtype="float32")

    def export(self, part: Split, name: str, folder: Path) -> Path:
        """Write the network that gives the members' mean."""
        self.served.predict(self.inputs(part), verbose=0)  # what was never called cannot be traced
        return exports.write(self.served, name, folder)
