"""The networks: a recurrent one, and transformers. The PyTorch side builds the same ones.

They take the numbers of tokens, (N, length), 0 = padding, and give float32 logits of shape (N, classes).
Padding changes nothing: a text's logits are the same however much follows it.

A layer's name begins with that of its section (`layer2_norm`), so that sections can be frozen and learn at
rates of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..engine import ModelCard
from ..errors import ProjectError

HEAD = "head"
SPREAD = 0.02  # standard deviation of a transformer's first weights, as BERT has it


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network: int32 tokens of shape (N, length) to float32 logits (N, classes).

    Dropout layers take the seeds from this one on: two with the same one would drop the same places. Initial
    weights are drawn from Keras' global generator: seed it before, with `keras.utils.set_random_seed`.
    """
    bodies = {"rnn": recurrent, "transformer": transformer, "minilm": transformer}
    if card.model not in bodies:
        raise ProjectError(f"there is no network {card.model!r}: {', '.join(bodies)}")
    tokens = keras.Input((card.length,), dtype="int32", name="tokens")
    seeds = count(seed)
    x = mean_of_tokens(bodies[card.model](tokens, card, seeds), tokens)
    x = layers.Dropout(card.dropout, seed=next(seeds), name="dropout")(x)
    # Small initial weights: at first all classes are equally likely, and the loss is log(classes).
    # float32 also under mixed precision: the exponentials of the loss need the digits.
    start = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Dense(len(card.classes), kernel_initializer=start, dtype="float32", name=HEAD)(x)
    return keras.Model(tokens, logits, name=card.model)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    found: dict[str, list[keras.Layer]] = {}
    for layer in network.layers:
        if layer.variables and layer.name not in (HEAD, "dropout"):
            found.setdefault(layer.name.split("_")[0], []).append(layer)
    return {**found, HEAD: [network.get_layer(HEAD)]}


def mean_of_tokens(x: Any, tokens: Any) -> Any:
    """Return the mean over the tokens that are there; padding must not count."""
    there = ops.cast(ops.expand_dims(ops.not_equal(tokens, 0), 2), "float32")
    return ops.sum(ops.cast(x, "float32") * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1.0)


def places(tokens: Any) -> Any:
    """Return 0, 1, 2, … for the tokens of each text."""
    return ops.cumsum(ops.ones_like(tokens), axis=1) - 1


# --- the recurrent network


def recurrent(tokens: Any, card: ModelCard, seeds: Iterator[int]) -> Any:
    """Return what two layers knew after each token, (N, length, 2 width).

    One reads the text forwards and one reads it backwards, each in its own order.
    """
    embed = layers.Embedding(len(card.vocabulary), card.width, name="embedding_words")
    kind = {"lstm": layers.LSTM, "gru": layers.GRU}[card.cell]
    read = []
    # Padding stands behind the text, so nothing has to be masked here: what was read before it is right. So
    # GPUs can use cuDNN, and the network can be exported.
    for way, ordered in (("forwards", tokens), ("backwards", turned(tokens))):
        x = layers.Dropout(card.dropout, seed=next(seeds), name=f"embedding_dropout_{way}")(embed(ordered))
        read.append(kind(card.width, return_sequences=True, name=f"recurrent_{way}")(x))
    return layers.Concatenate(name="recurrent_both")(read)


def turned(tokens: Any) -> Any:
    """Return the texts backwards, their padding still behind them."""
    length = ops.sum(ops.cast(ops.not_equal(tokens, 0), "int32"), axis=1, keepdims=True)
    place = places(tokens)
    return ops.take_along_axis(tokens, ops.where(place < length, length - 1 - place, place), axis=1)


# --- the transformer: BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805), written out


def transformer(tokens: Any, card: ModelCard, seeds: Iterator[int]) -> Any:
    """Return a vector for each token, (N, length, width); MiniLM is a larger one, nothing else."""
    # (N, 1, length): the mask is the same for all tokens that look
    there = ops.expand_dims(ops.not_equal(tokens, 0), 1)
    words = layers.Embedding(
        len(card.vocabulary), card.width, embeddings_initializer=_small(), name="embedding_words"
    )
    positions = layers.Embedding(
        card.positions, card.width, embeddings_initializer=_small(), name="embedding_positions"
    )
    x = layers.Add(name="embedding_sum")([words(tokens), positions(places(tokens))])
    x = layers.LayerNormalization(epsilon=card.epsilon, name="embedding_norm")(x)
    x = layers.Dropout(card.dropout, seed=next(seeds), name="embedding_dropout")(x)
    for number in range(1, card.layers + 1):
        x = block(x, there, card, f"layer{number}", seeds)
    return x


def block(x: Any, there: Any, card: ModelCard, name: str, seeds: Iterator[int]) -> Any:
    """Return attention, in which tokens look at each other, then two dense layers for each token by itself.

    Both are added to what was there before (residual), and the sum is normalised.
    """
    attention = layers.MultiHeadAttention(
        card.heads,
        card.width // card.heads,
        dropout=card.dropout,
        kernel_initializer=_small(),
        seed=next(seeds),
        name=f"{name}_attention",
    )
    found = attention(x, x, attention_mask=there)
    found = layers.Dropout(card.dropout, seed=next(seeds), name=f"{name}_dropout1")(found)
    x = layers.LayerNormalization(epsilon=card.epsilon, name=f"{name}_norm1")(x + found)
    y = layers.Dense(card.inner, kernel_initializer=_small(), name=f"{name}_widen")(x)
    # GELU by its definition: that of Keras on TensorFlow is made of erfc, which ONNX does not have
    y = 0.5 * y * (1.0 + ops.erf(y * 0.5**0.5))
    y = layers.Dense(card.width, kernel_initializer=_small(), name=f"{name}_narrow")(y)
    y = layers.Dropout(card.dropout, seed=next(seeds), name=f"{name}_dropout2")(y)
    return layers.LayerNormalization(epsilon=card.epsilon, name=f"{name}_norm2")(x + y)


def _small() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=SPREAD)


def adopt(network: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Take the weights of a pretrained encoder, as `pretrained.read_weights` names them."""
    network.get_layer("embedding_words").set_weights([weights["words"]])
    network.get_layer("embedding_positions").set_weights([weights["positions"]])
    network.get_layer("embedding_norm").set_weights([weights["norm.weight"], weights["norm.bias"]])
    number = 0
    while f"{number}.query.weight" in weights:
        name = f"layer{number + 1}"
        attention = network.get_layer(f"{name}_attention")
        shapes = [weight.shape for weight in attention.get_weights()]
        flat = []
        for part in ("query", "key", "value", "output"):
            # Keras' matrices are (inputs, outputs), and in attention they are divided into heads
            flat += [weights[f"{number}.{part}.weight"].T, weights[f"{number}.{part}.bias"]]
        attention.set_weights([one.reshape(shape) for one, shape in zip(flat, shapes, strict=True)])
        for part, layer in (("attention_norm", "norm1"), ("norm", "norm2")):
            pair = [weights[f"{number}.{part}.{kind}"] for kind in ("weight", "bias")]
            network.get_layer(f"{name}_{layer}").set_weights(pair)
        for part in ("widen", "narrow"):
            pair = [weights[f"{number}.{part}.weight"].T, weights[f"{number}.{part}.bias"]]
            network.get_layer(f"{name}_{part}").set_weights(pair)
        number += 1
