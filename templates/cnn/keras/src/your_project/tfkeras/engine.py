"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

import keras

from ..engine import ModelCard
from ..settings import Settings
from .image_learner import ImageLearner
from .model import build, sections


class KerasEngine(ImageLearner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard

    def build(self) -> keras.Model:
        """Return the network of the card."""
        return build(self.card, self.settings.seed)

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return sections(self.network)
