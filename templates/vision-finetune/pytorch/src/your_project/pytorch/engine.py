"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import backbones, gradcam
from .image_learner import ImageLearner

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from ..data import Split
    from ..engine import ModelCard
    from ..settings import Settings
    from .backbones import Foreign
    from .model import Classifier


class PyTorchEngine(ImageLearner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: Classifier | Foreign

    def made(self) -> nn.Module:
        """Return the network of the card."""
        return backbones.build(self.card)

    def load_imagenet(self, *, head: bool = False) -> None:
        """Put the ImageNet weights into the body; `head`: into lite0's head, too, of 1000 outputs."""
        self.network.load_imagenet(head=head, file=self.settings.weights)

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return where in each image the network sees a class, or None where it cannot tell."""
        seen = self.network.seen()
        if seen is None:
            return None
        return gradcam.heat(self.network, seen, self.moved(self.inputs(part)), classes)
