"""The derivatives of the loss as Keras' backend finds them: what those written by hand must equal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from ..by_hand.network import Weights
from ..engine import ModelCard
from .model import SECTIONS, build


def gradients(card: ModelCard, weights: Weights, inputs: np.ndarray, labels: np.ndarray) -> Weights:
    """Return the derivatives by all weights in float64.

    Each backend has words of its own for gradients. But one step of plain gradient descent with the rate 1
    takes the gradient off the weights, whichever backend does it.
    """
    with double_precision():
        network = build(card, weights)
        network.compile(
            keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        network.train_on_batch(inputs.astype(np.float64), labels)
        names = [f"{section}.{kind}" for section in SECTIONS for kind in ("weight", "bias")]
        return {name: weights[name] - after for name, after in zip(names, network.get_weights(), strict=True)}


@contextmanager
def double_precision() -> Iterator[None]:
    """Let Keras compute in float64 until the block ends."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)
