"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .image_learner import ImageLearner
from .model import build

if TYPE_CHECKING:
    from torch import nn

    from ..engine import ModelCard
    from ..settings import Settings


class PyTorchEngine(ImageLearner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard

    def made(self) -> nn.Module:
        """Return the network of the card."""
        return build(self.card)
