"""A GPT to be read, in Keras; the PyTorch side builds the same, and `convert.py` carries weights over.

Pre-normalisation (Radford et al. 2019, GPT-2) by RMSNorm (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467),
rotary positions (Su et al. 2021, https://arxiv.org/abs/2104.09864), no biases, and one matrix for reading and
writing tokens (Press and Wolf 2017, https://arxiv.org/abs/1608.05859).
"""

from __future__ import annotations

from itertools import count
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ..engine import ModelCard
from .lora import beside, of_card

EPSILON = 1e-6
BASE = 10_000.0  # of the rotary wavelengths
DEVIATION = 0.02  # of the initial weights, as in GPT-2
NEVER = -1e9  # a score after which a softmax gives 0; infinity would make nan where bfloat16 multiplies it
EMBEDDING, HEAD = "embedding", "head"


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network: token numbers (N, T) to float32 logits of the next token (N, T, tokens).

    The seed is that of the first dropout, the next one has the next number: of equal seeds all would drop the
    same places. Initial weights are drawn from Keras' global generator: seed it before, with
    `keras.utils.set_random_seed`.
    """
    lora, seeds = of_card(card), count(seed)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    embedding = layers.ReversibleEmbedding(
        card.tokens,
        card.width,
        embeddings_initializer=_small(),
        reverse_dtype="float32",  # also under mixed precision: the exponentials of the loss need the digits
        name=EMBEDDING,
    )
    x = _dropped(embedding(tokens), card, next(seeds), "embedding_dropout")
    # what a block adds to the stream is smaller, the more of them add to it
    last = DEVIATION / (2 * card.layers) ** 0.5
    for number in range(1, card.layers + 1):
        name = f"block{number}"
        y = layers.RMSNormalization(epsilon=EPSILON, name=f"{name}_attention_norm")(x)
        y = beside(_dense(3 * card.width, f"{name}_query_key_value"), y, lora, next(seeds))
        y = Attention(card.heads, card.dropout, seed=next(seeds), name=f"{name}_attention")(y)
        y = _dropped(
            beside(_dense(card.width, f"{name}_project", last), y, lora, next(seeds)),
            card,
            next(seeds),
            f"{name}_dropout1",
        )
        x = layers.Add(name=f"{name}_add1")([x, y])
        y = layers.RMSNormalization(epsilon=EPSILON, name=f"{name}_mlp_norm")(x)
        y = beside(_dense(4 * card.width, f"{name}_expand"), y, lora, next(seeds))
        y = layers.Activation(_gelu, name=f"{name}_gelu")(y)
        y = _dropped(
            beside(_dense(card.width, f"{name}_contract", last), y, lora, next(seeds)),
            card,
            next(seeds),
            f"{name}_dropout2",
        )
        x = layers.Add(name=f"{name}_add2")([x, y])
    x = layers.RMSNormalization(epsilon=EPSILON, name=HEAD)(x)
    return keras.Model(tokens, embedding(x, reverse=True), name=card.model)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head; the output uses the first one."""
    found: dict[str, list[keras.Layer]] = {}
    for layer in network.layers:
        found.setdefault(layer.name.split("_")[0], []).append(layer)
    blocks = [name for name in found if name.startswith("block")]
    return {name: found[name] for name in (EMBEDDING, *blocks, HEAD)}


@keras.saving.register_keras_serializable(package="your_project")
class Attention(layers.Layer):
    """Causal self-attention: each token asks those before it, in several heads at once. It has no weights."""

    def __init__(self, heads: int, dropout: float = 0.0, *, seed: int = 0, **others: Any) -> None:
        super().__init__(**others)
        self.heads, self.rate, self.seed = heads, dropout, seed
        self.dropout = layers.Dropout(dropout, seed=seed)

    def call(self, joined: Any, training: bool = False) -> Any:
        """Return (N, T, width) for queries, keys and values side by side, (N, T, 3 * width)."""
        query, key, value = heads(joined, self.heads)
        positions = ops.arange(ops.shape(joined)[1], dtype="int32")
        # a token looks no further than to itself: else it would see what it is to predict
        allowed = positions[:, None] >= positions[None, :]
        query, key = rotated(query, positions), rotated(key, positions)
        return mixed(query, key, value, allowed, lambda shares: self.dropout(shares, training=training))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of what `call` gives."""
        return (*shape[:-1], shape[-1] // 3)  # type: ignore[operator]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "heads": self.heads, "dropout": self.rate, "seed": self.seed}


def heads(joined: Any, count: int) -> list[Any]:
    """Return queries, keys and values, (N, heads, T, size) each, of (N, T, 3 * width)."""
    size = joined.shape[-1] // 3 // count
    split = ops.reshape(joined, (*ops.shape(joined)[:2], 3, count, size))
    return [ops.transpose(split[:, :, part], (0, 2, 1, 3)) for part in range(3)]


def mixed(query: Any, key: Any, value: Any, allowed: Any, dropped: Any = lambda shares: shares) -> Any:
    """Return values (N, T, width), mixed as queries and keys agree; `allowed` (T, keys) is who sees whom."""
    scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) / query.shape[-1] ** 0.5
    scores = ops.where(allowed, ops.cast(scores, "float32"), NEVER)
    found = ops.matmul(dropped(ops.cast(ops.softmax(scores), query.dtype)), value)
    count, number, length, size = ops.shape(found)
    return ops.reshape(ops.transpose(found, (0, 2, 1, 3)), (count, length, number * size))


def rotated(x: Any, positions: Any) -> Any:
    """Turn pairs of features (N, heads, T, size), so that products depend on the distance of two tokens."""
    size = x.shape[-1]
    frequencies = (BASE ** -(np.arange(0, size, 2) / size)).astype(np.float32)
    angles = ops.cast(positions, "float32")[:, None] * frequencies
    cosine, sine = ops.cast(ops.cos(angles), x.dtype), ops.cast(ops.sin(angles), x.dtype)
    first, second = x[..., : size // 2], x[..., size // 2 :]
    return ops.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


@keras.saving.register_keras_serializable(package="your_project")
def _gelu(x: Any) -> Any:
    return ops.gelu(x, approximate=True)


def _small(deviation: float = DEVIATION) -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=deviation)


def _dense(units: int, name: str, deviation: float = DEVIATION) -> keras.layers.Dense:
    return layers.Dense(units, use_bias=False, kernel_initializer=_small(deviation), name=name)


def _dropped(x: Any, card: ModelCard, seed: int, name: str) -> Any:
    # With a seed, the state of its random numbers is a variable that a resume can restore.
    return layers.Dropout(card.dropout, seed=seed, name=name)(x) if card.dropout else x
