"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from .. import pretrained
from ..words import Tokenizer
from .arrays import ArrayBatches
from .classifier import ClassLearner
from .model import Classifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..run_folder import RunFolder
    from ..settings import Settings
    from ..stages import Stage
    from .team import Team


class TextBatches(ArrayBatches):
    """Batches that are as long as their longest text: to compute padding would be time for nothing."""

    def __call__(self, generator: torch.Generator) -> Iterator[tuple[Any, Tensor]]:
        """Yield one epoch, drawn from a generator of the CPU: the same one on every device."""
        for tokens, labels in super().__call__(generator):
            yield tokens[:, : int((tokens != 0).sum(1).max())], labels


class PyTorchEngine(ClassLearner):
    """A classifier of texts on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: Classifier

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        super().__init__(settings, card)
        self.tokenizer = Tokenizer(card)

    def build(self) -> nn.Module:
        """Return the network of the card with random weights; `fit` brings the pretrained ones."""
        return Classifier(self.card)

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages; a pretrained encoder begins with what it knows, and learns slower."""
        if self.card.pretrained:
            if not run.resuming:
                self.load_pretrained()
            share = self.settings.encoder_rate
            stages = tuple(replace(stage, body=stage.body * share) for stage in stages)
        super().fit(data, stages, run)

    def load_pretrained(self) -> None:
        """Put the weights of the card's encoder into the body; the head stays fresh."""
        encoder = pretrained.open_encoder(replace(self.settings, encoder=self.card.pretrained))
        self.network.body.adopt(pretrained.read_weights(encoder))  # type: ignore[operator]

    def batches(self, data: Data, team: Team) -> TextBatches:
        """Return the training texts, in another order in each epoch."""
        return TextBatches(self.inputs(data.train), self.targets(data.train), self.settings.batch_size, team)

    def inputs(self, part: Split) -> Tensor:
        """Return the numbers of the tokens, (N, length), 0 = padding."""
        return torch.from_numpy(self.tokenizer.encode(part.texts))
