"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from ..by_hand.network import initial
from .arrays import ArrayBatches
from .learner import Learner
from .model import TwoLayers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..settings import Settings
    from .team import Team


class PyTorchEngine(Learner):
    """The two-layer network on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: TwoLayers

    def build(self) -> nn.Module:
        """Return the network of the card, with the weights that all frameworks begin with."""
        return TwoLayers(self.card, initial(self.card, self.settings.seed))

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return self.network.sections()

    def batches(self, data: Data, team: Team) -> ArrayBatches:
        """Return the training samples, in an order of its own for each epoch."""
        train = data.train
        return ArrayBatches(self.inputs(train), self.targets(train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return features as they are, float32, (N, features)."""
        return torch.from_numpy(part.inputs.astype(np.float32))

    def targets(self, part: Split) -> Tensor:
        """Return the classes' numbers."""
        return torch.from_numpy(part.labels)

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return cross-entropy; it takes logits, and the softmax is a part of it."""
        return torch.nn.CrossEntropyLoss()

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sums of cross-entropy and of right answers."""
        return {
            "validation_loss": cross_entropy(outputs, targets, reduction="sum"),
            "validation_accuracy": (outputs.argmax(1) == targets).sum(),
        }
