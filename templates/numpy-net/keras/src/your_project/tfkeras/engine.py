"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

import keras
import numpy as np

from ..by_hand.network import initial
from ..data import Data, Split
from ..engine import ModelCard
from ..settings import Settings
from .arrays import ArrayBatches
from .classifier import ClassLearner
from .model import build, sections


class KerasEngine(ClassLearner):
    """The two-layer network on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard

    def build(self) -> keras.Model:
        """Return the network of the card, with the weights that all frameworks begin with."""
        return build(self.card, initial(self.card, self.settings.seed))

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, from the input to the head."""
        return sections(self.network)

    def batches(self, data: Data) -> ArrayBatches:
        """Return the training samples, in an order of its own for each epoch."""
        settings = self.settings
        return ArrayBatches(
            self.inputs(data.train), self.targets(data.train), size=settings.batch_size, seed=settings.seed
        )

    def inputs(self, part: Split) -> np.ndarray:
        """Return features as they are, float32, (N, features)."""
        return part.inputs.astype(np.float32)
