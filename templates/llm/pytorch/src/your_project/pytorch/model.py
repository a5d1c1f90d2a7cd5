"""A GPT to be read: a decoder-only transformer.

Pre-normalisation (Radford et al. 2019, GPT-2) by RMSNorm (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467),
rotary positions (Su et al. 2021, https://arxiv.org/abs/2104.09864), no biases, and one matrix for reading and
writing tokens (Press and Wolf 2017, https://arxiv.org/abs/1608.05859). The Keras side builds the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import gelu, linear, scaled_dot_product_attention
from torch.utils.checkpoint import checkpoint

if TYPE_CHECKING:
    from torch import Tensor

    from ..engine import ModelCard

EPSILON = 1e-6
BASE = 10_000.0  # of the rotary wavelengths
DEVIATION = 0.02  # of the initial weights, as in GPT-2


@dataclass
class Cache:
    """Keys and values of the tokens that were read, of each block: (N, heads, tokens, size)."""

    keys: list[Tensor] = field(default_factory=list)
    values: list[Tensor] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many tokens were read."""
        return self.keys[0].shape[2] if self.keys else 0

    def add(self, block: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append what a block has made of new tokens; return it with what was there before."""
        if block == len(self.keys):
            self.keys.append(keys)
            self.values.append(values)
        else:
            self.keys[block] = torch.cat((self.keys[block], keys), 2)
            self.values[block] = torch.cat((self.values[block], values), 2)
        return self.keys[block], self.values[block]


class Attention(nn.Module):
    """Causal self-attention: each token asks those before it, in several heads at once."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.project = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor, turns: tuple[Tensor, Tensor], block: int, cache: Cache | None) -> Tensor:
        """Return (N, T, width) for as much; `turns` are the rotations of its positions."""
        count, length, width = x.shape
        split = self.query_key_value(x).view(count, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        query, key = rotated(query, turns), rotated(key, turns)
        if cache is not None:
            key, value = cache.add(block, key, value)
        # A single new token may look at all that is there; of several, each looks no further than to itself.
        mixed = scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=None
            if key.shape[2] == length or length == 1
            else causal(length, key.shape[2], x.device),
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=key.shape[2] == length,
        )
        out: Tensor = self.project(mixed.transpose(1, 2).reshape(count, length, width))
        return out


class MLP(nn.Module):
    """What is done to each token by itself."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.expand = nn.Linear(width, 4 * width, bias=False)
        self.contract = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, T, width) for as much."""
        out: Tensor = self.contract(gelu(self.expand(x), approximate="tanh"))
        return out


class Block(nn.Module):
    """Attention and MLP, each of which adds to the stream of features."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(card.width, eps=EPSILON)
        self.attention = Attention(card.width, card.heads, card.dropout)
        self.mlp_norm = nn.RMSNorm(card.width, eps=EPSILON)
        self.mlp = MLP(card.width)
        self.dropout = nn.Dropout(card.dropout)

    def forward(
        self, x: Tensor, turns: tuple[Tensor, Tensor], block: int = 0, cache: Cache | None = None
    ) -> Tensor:
        """Return (N, T, width) for as much."""
        x = x + self.dropout(self.attention(self.attention_norm(x), turns, block, cache))
        return x + self.dropout(self.mlp(self.mlp_norm(x)))


class GPT(nn.Module):
    """Logits of the next token, float32 (N, T, tokens), for token numbers (N, T), int64 or int32."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.recompute = False  # activations of the blocks are computed again instead of kept
        self.embedding = nn.Embedding(card.tokens, card.width)
        self.dropout = nn.Dropout(card.dropout)
        blocks = [Block(card) for _ in range(card.layers)]
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.RMSNorm(card.width, eps=EPSILON)
        # not weights: they follow from the sizes, and are not saved
        cosine, sine = rotations(card.context, card.width // card.heads)
        self.cosine: Tensor
        self.sine: Tensor
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)
        self.apply(self._start)
        for block in blocks:  # what each block adds to the stream is smaller, the more of them add to it
            for layer in (block.attention.project, block.mlp.contract):
                nn.init.normal_(layer.weight, std=DEVIATION / (2 * card.layers) ** 0.5)

    @staticmethod
    def _start(layer: nn.Module) -> None:
        if isinstance(layer, nn.Linear | nn.Embedding):
            nn.init.normal_(layer.weight, std=DEVIATION)

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """Return the logits; with a cache the tokens follow on those that it has read."""
        at = cache.length if cache else 0
        turns = self.cosine[at : at + tokens.shape[1]], self.sine[at : at + tokens.shape[1]]
        x = self.dropout(self.embedding(tokens))
        for number, block in enumerate(self.blocks):
            if self.recompute and self.training:
                x = checkpoint(block, x, turns, use_reentrant=False)
            else:
                x = block(x, turns, number, cache)
        logits = linear(self.head(x), self.embedding.weight)
        return logits.float()  # also under mixed precision: the exponentials of the loss need the digits

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head; the output uses the first one."""
        blocks = {f"block{number}": block for number, block in enumerate(self.blocks, start=1)}
        return {"embedding": self.embedding, **blocks, "head": self.head}


def rotations(length: int, size: int) -> tuple[Tensor, Tensor]:
    """Return cosine and sine of the angles by which features turn with the position, (length, size / 2)."""
    frequencies = BASE ** -(torch.arange(0, size, 2) / size)
    angles = torch.arange(length)[:, None] * frequencies
    return angles.cos(), angles.sin()


def rotated(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Turn pairs of features (N, heads, T, size), so that products depend on the distance of two tokens."""
    cosine, sine = (one.to(x.dtype) for one in turns)
    first, second = x.chunk(2, -1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), -1)


def causal(new: int, known: int, device: torch.device) -> Tensor:
    """Return which of `known` tokens the last `new` of them may look at, (new, known)."""
    return torch.ones(new, known, dtype=torch.bool, device=device).tril(known - new)
