"""The Keras engine: what the rest of the project sees of Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from .. import memory
from ..adapters import ADAPTER
from ..data import IGNORED, Data, Split
from ..engine import ModelCard
from ..errors import ProjectError
from ..run_folder import RunFolder
from ..sampling import Reader, Rereader
from ..settings import Settings
from ..stages import Stage
from . import lora
from .arrays import ArrayBatches
from .learner import Learner
from .model import build, sections
from .reading import CachedReader, Step


class KerasEngine(Learner):
    """A GPT on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    chunk = 64
    bundle = 1  # a step takes long beside the return to Python; eight in one take long to compile
    measures: Mapping[str, str] = {"validation_loss": "token_loss"}

    def build(self) -> keras.Model:
        """Return the network of the card, with LoRA's matrices where it has some."""
        network = build(self.card, self.settings.seed)
        if self.card.rank:
            for layer in lora.sections(network)["body"]:
                layer.trainable = False
        return network

    def sections(self) -> dict[str, list[keras.Layer]]:
        """Return the layers that learn, in groups, from the input to the head; LoRA's matrices are one."""
        return lora.sections(self.network) if self.card.rank else sections(self.network)

    def batches(self, data: Data) -> ArrayBatches:
        """Return the training windows."""
        settings = self.settings
        return ArrayBatches(
            self.inputs(data.train), self.targets(data.train), size=settings.batch_size, seed=settings.seed
        )

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Say how much memory it takes, then train."""
        if self.settings.accumulate > 1 or self.settings.recompute or self.settings.shard:
            raise ProjectError(
                "--accumulate, --recompute and --shard are PyTorch's: choose a smaller --batch-size"
            )
        plan = memory.plan(self.card, self.settings, self.precision, self.parameters)
        # of another device no backend says what is left
        there = memory.available() if self.device.lower().startswith("cpu") else 0
        print(f"memory      {plan.words(there)}", flush=True)
        super().fit(data, stages, run)
        if shape := lora.of_card(self.card):  # beside the whole weights: a few kilobytes that fit on the base
            lora.save(self.network, shape, run.path / ADAPTER, self.card.base)

    def inputs(self, part: Split) -> np.ndarray:
        """Return tokens, (N, context)."""
        return part.inputs

    def targets(self, part: Split) -> np.ndarray:
        """Return the tokens that follow, (N, context); IGNORED where nothing is to be learned."""
        return part.targets

    def loss(self) -> keras.losses.Loss:
        """Return the mean loss of the tokens that are to be learned."""
        return MeanTokenLoss()

    def metrics(self) -> list[keras.metrics.Metric]:
        """Return the same mean over all batches together, which do not hold equally many such tokens."""
        return [TokenLoss(name="token_loss")]

    def losses(self, part: Split) -> np.ndarray:
        """Return the loss of each token in nats, (N, context) float32."""
        found = []
        for start in range(0, len(part), self.chunk):  # the logits of all would be a thousand times as large
            some = part.take(slice(start, start + self.chunk))
            losses, _ = token_losses(self.targets(some), self.outputs(some))
            found.append(keras.ops.convert_to_numpy(losses))
        return np.concatenate(found)

    def reader(self, *, cached: bool = True) -> Reader:
        """Return what reads tokens and says which come next."""
        if cached:
            return CachedReader(Step(self.network, self.card), self._device)
        return Rereader(self.last_logits)

    def last_logits(self, tokens: np.ndarray) -> np.ndarray:
        """Return the logits of what follows on some tokens, float32 of shape (tokens,)."""
        # Always as many tokens, or TensorFlow would trace the network anew for each length. What stands
        # behind the last token is not seen by it.
        padded = np.zeros((1, max(self.card.context, len(tokens))), np.int32)
        padded[0, : len(tokens)] = tokens
        with self._device.scope():
            logits = self.network.predict_on_batch(padded)
        return np.asarray(logits, dtype="float32")[0, len(tokens) - 1]


def token_losses(targets: Any, logits: Any) -> tuple[Any, Any]:
    """Return the loss of each token (N, T), 0 where nothing is to be learned, and a mask of where it is."""
    ops = keras.ops
    learned = ops.not_equal(targets, IGNORED)
    chosen = ops.where(learned, targets, 0)  # IGNORED is no token; what it gives is masked
    losses = ops.sparse_categorical_crossentropy(chosen, logits, from_logits=True)
    return ops.where(learned, losses, 0.0), learned


@keras.saving.register_keras_serializable(package="your_project")
class MeanTokenLoss(keras.losses.Loss):
    """The mean loss of the tokens that are to be learned."""

    def __init__(self, name: str = "mean_token_loss", **others: Any) -> None:
        super().__init__(name=name, **{**others, "reduction": None})  # it is the mean already

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return a single number."""
        losses, learned = token_losses(y_true, y_pred)
        return keras.ops.sum(losses) / keras.ops.sum(keras.ops.cast(learned, losses.dtype))


class TokenLoss(keras.metrics.Metric):
    """The mean loss of the tokens of all batches."""

    def __init__(self, name: str = "token_loss") -> None:
        super().__init__(name=name, dtype="float32")
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        losses, learned = token_losses(y_true, y_pred)
        self.total.assign_add(keras.ops.sum(losses))
        self.count.assign_add(keras.ops.sum(keras.ops.cast(learned, "float32")))

    def result(self) -> Any:
        """Return the mean."""
        return self.total / keras.ops.maximum(self.count, 1.0)
