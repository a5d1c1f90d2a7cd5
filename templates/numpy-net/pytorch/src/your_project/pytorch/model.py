"""The same network in PyTorch: what `by_hand/network.py` writes out, autograd derives by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

    from ..by_hand.network import Weights
    from ..engine import ModelCard

BENDS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU}


class TwoLayers(nn.Module):
    """Features (N, features) to logits (N, classes); weights as `by_hand.network.initial` gives them."""

    def __init__(self, card: ModelCard, weights: Weights) -> None:
        super().__init__()
        self.mean, self.std = card.mean, card.std
        self.hidden = nn.Linear(card.features, card.hidden)
        self.bend = BENDS[card.activation]()
        self.head = nn.Linear(card.hidden, len(card.classes))
        # PyTorch keeps weights as (outputs, inputs), and multiplies by their transpose
        self.load_state_dict({name: torch.from_numpy(value.T.copy()) for name, value in weights.items()})

    def forward(self, inputs: Tensor) -> Tensor:
        normal = (inputs - self.mean) / self.std
        logits: Tensor = self.head(self.bend(self.hidden(normal)))
        return logits

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {"hidden": self.hidden, "head": self.head}
