"""The networks: a line, a polynomial and a multi-layer perceptron. The Keras side builds the same ones.

All take rows as they are, float32 of shape (N, features), and give the target in its own unit, float32 of
shape (N, 1). The numbers by which they standardise come from the model card, not from the weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .. import polynomial
from ..errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..engine import ModelCard

HEAD = "head"


class Standardise(nn.Module):
    """Give each column mean 0 and variance 1, as it has on the training rows."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, rows: Tensor) -> Tensor:
        return (rows - self.mean) / self.std


class InUnits(nn.Module):
    """Turn a standardised target back into its own unit."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: float, std: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, standardised: Tensor) -> Tensor:
        return standardised * self.std + self.mean


class Terms(nn.Module):
    """All products of up to `degree` columns; see `polynomial.py`."""

    factors: Tensor

    def __init__(self, features: int, degree: int) -> None:
        super().__init__()
        factors = torch.from_numpy(polynomial.factors(features, degree))
        self.register_buffer("factors", factors, persistent=False)
        self.degree = degree

    def forward(self, rows: Tensor) -> Tensor:
        columns = torch.cat([torch.ones_like(rows[:, :1]), rows], dim=1)
        product = columns[:, self.factors[:, 0]]
        for at in range(1, self.degree):
            product = product * columns[:, self.factors[:, at]]
        return product


class Regressor(nn.Module):
    """Standardisation, a body in sections, a linear head, and the way back to the target's unit."""

    def __init__(self, card: ModelCard, before: nn.Module, body: dict[str, nn.Module], features: int) -> None:
        super().__init__()
        self.before = before
        self.body = nn.ModuleDict(body)
        self.head = nn.Linear(features, 1)
        self.in_units = InUnits(card.target_mean, card.target_std)
        self.apply(initialise)
        # A small head: the network begins by predicting the mean of the training rows for everyone.
        nn.init.normal_(self.head.weight, std=0.01)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {**self.body, HEAD: self.head}

    def forward(self, rows: Tensor) -> Tensor:
        x = self.before(rows)
        for section in self.body.values():
            x = section(x)
        # float32 also under mixed precision: a number needs its digits
        with torch.autocast(x.device.type, enabled=False):
            predicted: Tensor = self.in_units(self.head(x.float()))
        return predicted


def build(card: ModelCard) -> Regressor:
    """Return the network of a card, with fresh weights from PyTorch's generator: seed it before."""
    standardise = Standardise(card.mean, card.std)
    count = len(card.features)
    if card.model == "linear":
        return Regressor(card, standardise, {}, count)
    if card.model == "polynomial":
        # The terms of standardised features have means and spreads of their own, and differ by powers of ten.
        terms = Standardise(card.term_mean, card.term_std)
        before = nn.Sequential(standardise, Terms(count, card.degree), terms)
        return Regressor(card, before, {}, len(card.term_mean))
    if card.model == "mlp":
        body: dict[str, nn.Module] = {}
        for number in range(1, card.depth + 1):
            layer = nn.Linear(count, card.width)
            body[f"layer{number}"] = nn.Sequential(layer, nn.ReLU(), nn.Dropout(card.dropout))
            count = card.width
        return Regressor(card, standardise, body, count)
    raise ProjectError(f"there is no network {card.model!r}: mlp, polynomial, linear")


def initialise(layer: nn.Module) -> None:
    """Draw weights so that signals keep their size through ReLU layers (He et al. 2015, arXiv:1502.01852)."""
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
