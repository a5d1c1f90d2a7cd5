"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np

from .. import pretrained
from ..data import Data, Split
from ..engine import ModelCard
from ..run_folder import RunFolder
from ..settings import Settings
from ..stages import Stage
from ..words import Tokenizer
from .arrays import ArrayBatches
from .classifier import ClassLearner
from .model import adopt, build, sections


class KerasEngine(ClassLearner):
    """A classifier of texts on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None:
        super().__init__(settings, card)
        self.tokenizer = Tokenizer(card)

    def build(self) -> keras.Model:
        """Return the network of the card with random weights; `fit` brings the pretrained ones."""
        return build(self.card, self.settings.seed)

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head."""
        return sections(self.network)

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
        adopt(self.network, pretrained.read_weights(encoder))

    def batches(self, data: Data) -> ArrayBatches:
        """Return the training texts, in another order in each epoch."""
        # all of one length: TensorFlow would compile the step again for each other one
        inputs, targets = self.inputs(data.train), self.targets(data.train)
        return ArrayBatches(inputs, targets, size=self.settings.batch_size, seed=self.settings.seed)

    def inputs(self, part: Split) -> np.ndarray:
        """Return the numbers of the tokens, int32 (N, length), 0 = padding."""
        return self.tokenizer.encode(part.texts).astype("int32")
