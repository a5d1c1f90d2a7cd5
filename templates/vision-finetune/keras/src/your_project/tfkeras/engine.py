"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

import keras
import numpy as np

from ..data import Split
from ..engine import ModelCard
from ..settings import Settings
from . import backbones, gradcam
from .image_learner import ImageLearner


class KerasEngine(ImageLearner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    #: a step takes far longer than the return to Python, and a loop around it seconds more to compile
    bundle = 1

    def build(self) -> keras.Model:
        """Return the network of the card."""
        return backbones.build(self.card, self.settings.seed)

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return backbones.sections(self.network)

    def load_imagenet(self, *, head: bool = False) -> None:
        """Put the ImageNet weights into the body; `head`: into lite0's head, too, of 1000 outputs."""
        backbones.load_imagenet(self.network, self.card, head=head, file=self.settings.weights)

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return where in each image the network sees a class."""
        with self._device.scope():
            return gradcam.heat(self.network, self.inputs(part), classes)
