"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from .arrays import ArrayBatches
from .learner import Learner
from .model import build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..settings import Settings
    from .model import Regressor
    from .team import Team


class PyTorchEngine(Learner):
    """A regression on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: Regressor

    def build(self) -> nn.Module:
        """Return the network of the card."""
        return build(self.card)

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return self.network.sections()

    def batches(self, data: Data, team: Team) -> ArrayBatches:
        """Return the training rows in an order of its own for each epoch."""
        return ArrayBatches(self.inputs(data.train), self.targets(data.train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return rows, float32, (N, features)."""
        return torch.from_numpy(part.features)

    def targets(self, part: Split) -> Tensor:
        """Return the true values, float32, (N, 1): a column, as the network's outputs are.

        Of outputs (N, 1) and targets (N,) the difference would be (N, N), and the loss the same for all.
        """
        return torch.from_numpy(part.targets)

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return the mean squared error in units of the target's variance."""
        return lambda outputs, targets: self.squared(outputs, targets).mean()

    def squared(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the squared error of each row in units of the variance: no target is too large to learn."""
        return ((outputs - targets) / self.card.target_std) ** 2

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sums of the loss and of the absolute errors in the target's unit."""
        return {
            "validation_loss": self.squared(outputs, targets).sum(),
            "validation_mae": (outputs - targets).abs().sum(),
        }

    def noted(self) -> dict[str, float]:
        """Return the two weights of a linear model whose way the report draws."""
        weights = self.network.head.weight[0]
        return {f"weight_{n}": weights[at].item() for n, at in enumerate(self.card.shown, start=1)}
