"""A transformer that reads a text in both directions: BERT, written out.

Devlin et al. 2018, https://arxiv.org/abs/1810.04805. MiniLM has these layers, and so has the small
transformer that is trained from scratch: they differ in size and in the weights that they begin with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from ..engine import ModelCard

SPREAD = 0.02  # standard deviation of the first weights, as BERT has it


class Embedding(nn.Module):
    """A vector for each token and one for each position, added and normalised."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.words = nn.Embedding(len(card.vocabulary), card.width, padding_idx=0)
        self.positions = nn.Embedding(card.positions, card.width)
        self.norm = nn.LayerNorm(card.width, card.epsilon)
        self.dropout = nn.Dropout(card.dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x: Tensor = self.dropout(self.norm(self.words(tokens) + self.positions(places)))
        return x


class Layer(nn.Module):
    """Attention, in which tokens look at each other, then two dense layers for each token by itself.

    Both are added to what was there before (residual), and the sum is normalised.
    """

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        width = card.width
        self.heads, self.rate = card.heads, card.dropout
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.output = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, card.epsilon)
        self.widen = nn.Linear(width, card.inner)
        self.narrow = nn.Linear(card.inner, width)
        self.norm = nn.LayerNorm(width, card.epsilon)
        self.dropout = nn.Dropout(card.dropout)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        x = self.attention_norm(x + self.dropout(self.attention(x, there)))
        x = self.norm(x + self.dropout(self.narrow(gelu(self.widen(x)))))
        return x

    def attention(self, x: Tensor, there: Tensor) -> Tensor:
        """Return for each token what it found in the others; padding is not looked at.

        `x` is (N, length, width), `there` (N, length), true where there is a token.
        """
        count, length, width = x.shape
        query, key, value = (
            part(x).view(count, length, self.heads, width // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        rate = self.rate if self.training else 0.0
        # the mask is the same for all heads and for all tokens that look
        found = scaled_dot_product_attention(query, key, value, there[:, None, None, :], rate)
        mixed: Tensor = self.output(found.transpose(1, 2).reshape(count, length, width))
        return mixed


class Encoder(nn.Module):
    """Embedding and layers: tokens (N, length) to a vector for each of them (N, length, width)."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.features = card.width
        self.embedding = Embedding(card)
        self.layers = nn.ModuleList(Layer(card) for _ in range(card.layers))
        self.apply(initialise)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input on."""
        return {"embedding": self.embedding, **{f"layer{n}": x for n, x in enumerate(self.layers, start=1)}}

    def forward(self, tokens: Tensor) -> Tensor:
        there = tokens != 0
        x: Tensor = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, there)
        return x

    def adopt(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the weights of a pretrained encoder, as `pretrained.read_weights` names them."""
        own = {}
        for name, array in weights.items():
            if name.split(".")[0] in ("words", "positions"):
                own[f"embedding.{name}.weight"] = torch.from_numpy(array)
            else:
                place = "embedding" if name.startswith("norm.") else "layers"
                own[f"{place}.{name}"] = torch.from_numpy(array)
        self.load_state_dict(own)


def initialise(part: nn.Module) -> None:
    """Draw the weights as BERT does: small, so that each layer at first hardly changes what it is given."""
    if isinstance(part, nn.Linear | nn.Embedding):
        nn.init.normal_(part.weight, std=SPREAD)
    if isinstance(part, nn.Linear):
        nn.init.zeros_(part.bias)
