"""The networks: a line, a polynomial and a multi-layer perceptron. The PyTorch side builds the same ones.

A layer's name begins with that of its section (`layer2_units`), so that sections can be frozen and learn at
rates of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from .. import polynomial
from ..engine import ModelCard
from ..errors import ProjectError

HEAD = "head"
MODELS = ("mlp", "polynomial", "linear")


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network: rows as they are, float32 (N, features), to the target in its own unit, (N, 1).

    The seed is that of dropout. Initial weights are drawn from Keras' global generator: seed it before, with
    `keras.utils.set_random_seed`.
    """
    if card.model not in MODELS:
        raise ProjectError(f"there is no network {card.model!r}: {', '.join(MODELS)}")
    rows = keras.Input((len(card.features),), dtype="float32", name="rows")
    x = _standardised(rows, card.mean, card.std, "features")
    if card.model == "polynomial":
        # The terms of standardised features have means and spreads of their own, and differ by powers of ten.
        terms = _terms(x, len(card.features), card.degree)
        x = _standardised(terms, card.term_mean, card.term_std, "terms")
    if card.model == "mlp":
        x = _hidden(x, card, seed)
    # A small head: the network begins by predicting the mean of the training rows for everyone.
    # float32 also under mixed precision: a number needs its digits.
    start = keras.initializers.RandomNormal(stddev=0.01)
    x = layers.Dense(1, kernel_initializer=start, dtype="float32", name=HEAD)(x)
    predicted = layers.Rescaling(card.target_std, card.target_mean, dtype="float32", name="in_units")(x)
    return keras.Model(rows, predicted, name=card.model)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    found: dict[str, list[keras.Layer]] = {}
    for layer in network.layers:
        name = layer.name.split("_")[0]
        if name == HEAD or name.startswith("layer"):
            found.setdefault(name, []).append(layer)
    return found


def _standardised(x: Any, mean: Sequence[float], std: Sequence[float], name: str) -> Any:
    # Rescaling, not Normalization: the latter's numbers would become inputs of an exported ONNX network.
    # In two steps: x/std - mean/std would lose the digits of columns like 1970, 1971, 1972.
    offset = [-value for value in mean]
    x = layers.Rescaling([1.0] * len(offset), offset, dtype="float32", name=f"{name}_centred")(x)
    return layers.Rescaling([1 / value for value in std], dtype="float32", name=f"{name}_scaled")(x)


def _terms(x: Any, features: int, degree: int) -> Any:
    """Return all products of up to `degree` columns; see `polynomial.py`."""
    factors = polynomial.factors(features, degree)
    columns = ops.concatenate([ops.ones_like(x[:, :1]), x], axis=1)
    product = ops.take(columns, factors[:, 0].tolist(), axis=1)
    for at in range(1, degree):
        product = product * ops.take(columns, factors[:, at].tolist(), axis=1)
    return product


def _hidden(x: Any, card: ModelCard, seed: int) -> Any:
    for number in range(1, card.depth + 1):
        # He et al. (2015), https://arxiv.org/abs/1502.01852: signals keep their size through ReLU layers.
        start = keras.initializers.VarianceScaling(2.0, mode="fan_in", distribution="untruncated_normal")
        name = f"layer{number}"
        x = layers.Dense(card.width, activation="relu", kernel_initializer=start, name=f"{name}_units")(x)
        # With a seed, the state of its random numbers is a variable that a resume can restore.
        x = layers.Dropout(card.dropout, seed=seed + number, name=f"{name}_dropout")(x)
    return x
