"""The networks: TabM, a plain MLP, and the tutorials' 1024-1024-1. The PyTorch side builds the same ones.

All take rows as `features.encode` gives them, float32 (N, columns): numbers with nan for gaps, then indices
of categories. They give the logits of each member, float32 (N, members,
classes); `served` gives those of the members' mean, (N, classes). Only tabm has more than one member.

TabM (Gorishniy, Kotelnikov and Babenko 2025, https://arxiv.org/abs/2410.24210): an ensemble of MLPs in one,
here in its smallest form ("mini"). The members share all hidden layers; each has only a scale of its own for
every input, and a head. They learn side by side, each from a loss of its own, and their mean is what counts.
In that paper's comparison on 46 tables it is ahead of attention-based networks (FT-Transformer and its kind)
at the cost of an MLP. Its numbers come in pieces (Gorishniy et al. 2022, https://arxiv.org/abs/2203.05556).
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..engine import ModelCard
from ..errors import ProjectError
from ..features import Feature

HEAD = "head"
WIDE = (1024, 1024)  # of the tutorials' network; of two classes a single unit tells them apart
FAR = 8.0  # deviations from the mean beyond which a number is just large


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network, (N, columns) to (N, members, classes).

    The seed is that of dropout. Initial weights are drawn from Keras' global generator: seed it before, with
    `keras.utils.set_random_seed`.
    """
    if card.model not in {"tabm", "mlp", "wide"}:
        raise ProjectError(f"there is no network {card.model!r}: tabm, mlp, wide")
    several = card.model == "tabm"
    rows = keras.Input((len(card.features),), dtype="float32", name="rows")
    parts, split = [], len(card.numbers)
    if card.numbers:
        parts.append((pieces if several else scaled)(rows[:, :split], card.numbers))
    if card.categories:
        parts.append(categories(rows[:, split:], card.categories, card.embedding))
    x = ops.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
    if several:
        x = layers.EinsumDense(
            "ni,ki->nki",
            output_shape=(card.members, x.shape[1]),
            kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="scales",
        )(x)
    else:
        x = layers.Reshape((1, x.shape[1]), name="one_member")(x)
    for at, units in enumerate(WIDE if card.model == "wide" else (card.width,) * card.depth, start=1):
        # He et al. (2015), https://arxiv.org/abs/1502.01852: signals keep their size through ReLU layers
        start = keras.initializers.VarianceScaling(2.0, mode="fan_in", distribution="untruncated_normal")
        x = layers.Dense(units, activation="relu", kernel_initializer=start, name=f"hidden{at}")(x)
        # With a seed, the state of its random numbers is a variable that a resume can restore. Without one,
        # the torch backend would draw from PyTorch's global generator.
        x = layers.Dropout(card.dropout, seed=seed + at, name=f"hidden{at}_dropout")(x)
    bound = 1 / math.sqrt(x.shape[2])
    single = card.model == "wide" and len(card.classes) == 2
    # float32 also under mixed precision: the exponentials of the loss need the digits
    logits = layers.EinsumDense(
        "nku,kuc->nkc",
        output_shape=(x.shape[1], 1 if single else len(card.classes)),
        bias_axes="kc",
        kernel_initializer=keras.initializers.RandomUniform(-bound, bound),
        dtype="float32",
        name=HEAD,
    )(x)
    if single:  # softmax of 0 and x is the sigmoid of x
        logits = ops.concatenate([ops.zeros_like(logits), logits], axis=2)
    return keras.Model(rows, logits, name=card.model)


def served(network: keras.Model) -> keras.Model:
    """Return the network that is used: (N, columns) to logits of the members' mean, (N, classes)."""
    return keras.Model(network.inputs[0], averaged(network.outputs[0]), name=f"{network.name}_served")


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    learning = [layer for layer in network.layers if layer.weights and "dropout" not in layer.name]
    return {layer.name: [layer] for layer in learning}


def averaged(members: Any) -> Any:
    """Return the logarithm of the members' mean shares: logits of the whole, (N, classes)."""
    return ops.logsumexp(ops.log_softmax(members, axis=2), axis=1) - math.log(members.shape[1])


# --- the columns


def scaled(numbers: Any, features: tuple[Feature, ...]) -> Any:
    """Return numbers with mean 0 and variance 1, (N, 2 * numbers): gaps are the median, and told beside.

    All that it uses comes from the training rows, by way of the model card, and is no weight.
    """
    median, mean, std = (
        np.array([[getattr(feature, name) for feature in features]], "float32")
        for name in ("median", "mean", "std")
    )
    gaps = ops.isnan(numbers)
    whole = (ops.where(gaps, median, numbers) - mean) / std
    return ops.concatenate([ops.clip(whole, -FAR, FAR), ops.cast(gaps, "float32")], axis=1)


def pieces(numbers: Any, features: tuple[Feature, ...]) -> Any:
    """Return numbers as how far each has come through the bins of its column, (N, numbers * (bins + 1)).

    A bin that lies below the number is 1, one above it 0, its own between them. So the network can answer to
    each stretch by itself, and an outlier is no more than the last bin. A gap has come nowhere, and is told.
    """
    most = max(len(feature.edges) for feature in features) - 1
    low, slope = np.zeros((2, 1, len(features), most), "float32")
    for at, feature in enumerate(features):
        edges = np.array(feature.edges)
        low[0, at, : len(edges) - 1] = edges[:-1]
        slope[0, at, : len(edges) - 1] = 1 / np.diff(edges)  # 0 where a column has fewer bins
    gaps = ops.isnan(numbers)
    whole = ops.expand_dims(ops.where(gaps, low[:, :, 0], numbers), 2)
    way = ops.clip((whole - low) * slope, 0, 1)
    told = ops.concatenate([way, ops.expand_dims(ops.cast(gaps, "float32"), 2)], axis=2)
    return layers.Flatten(dtype="float32", name="pieces")(told)


def categories(indices: Any, features: tuple[Feature, ...], embedding: int) -> Any:
    """Return a few learned numbers for each category, (N, columns * embedding): one table for all columns."""
    sizes = [len(feature.categories) + 1 for feature in features]  # the one more is for the unknown
    first = np.cumsum([0, *sizes[:-1]]).astype("int32")[None]
    start = keras.initializers.RandomNormal(stddev=1.0)
    table = layers.Embedding(sum(sizes), embedding, embeddings_initializer=start, name="categories")
    return layers.Flatten(name="categories_flat")(table(ops.cast(indices, "int32") + first))
