"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from ..by_hand.network import initial
from .arrays import ArrayBatches
from .classifier import ClassLearner
from .model import TwoLayers

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..settings import Settings
    from .team import Team


class PyTorchEngine(ClassLearner):
    """The two-layer network on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: TwoLayers

    def build(self) -> nn.Module:
        """Return the network of the card, with the weights that all frameworks begin with."""
        return TwoLayers(self.card, initial(self.card, self.settings.seed))

    def batches(self, data: Data, team: Team) -> ArrayBatches:
        """Return the training samples, in an order of its own for each epoch."""
        train = data.train
        return ArrayBatches(self.inputs(train), self.targets(train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return features as they are, float32, (N, features)."""
        return torch.from_numpy(part.inputs.astype(np.float32))
