"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from .. import decisions, processes
from .arrays import ArrayBatches
from .classifier import ClassLearner
from .model import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..run_folder import RunFolder
    from ..settings import Settings
    from ..stages import Stage
    from .model import Classifier
    from .team import Team


class PyTorchEngine(ClassLearner):
    """A classifier of rows on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: Classifier
    threshold = decisions.HALF

    def build(self) -> nn.Module:
        """Return the network of the card."""
        return build(self.card)

    def batches(self, data: Data, team: Team) -> ArrayBatches:
        """Return the training rows."""
        return ArrayBatches(self.inputs(data.train), self.targets(data.train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return rows as float32, (N, columns)."""
        return torch.from_numpy(part.columns)

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return cross-entropy of each member, weighted by class where the settings say so."""
        weights = torch.from_numpy(self.card.weights(balance=self.settings.balance))
        weights = weights.to(self.placement.device)

        def loss(members: Tensor, targets: Tensor) -> Tensor:
            each = targets[:, None].expand(-1, members.shape[1])
            # by hand: PyTorch's `weight` would divide by the batch's sum of weights, and Keras does not
            errors = cross_entropy(members.transpose(1, 2), each, reduction="none")
            return (errors * weights[each]).mean()

        return loss

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages, then choose the threshold on the validation rows."""
        super().fit(data, stages, run)
        if processes.number() == 0:  # of several, the first one has the best weights
            part, aim = data.validation, self.settings.aim
            self.threshold = decisions.choose(self.card, self.outputs(part), part.labels, aim)
            decisions.write(run.path, self.threshold, aim)

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote, and the threshold beside them."""
        super().load(weights)
        self.threshold = decisions.beside(weights)
