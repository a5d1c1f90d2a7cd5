"""The networks: TabM, a plain MLP, and the tutorials' 1024-1024-1. The Keras side builds the same ones.

All take rows as `features.encode` gives them, float32 (N, columns): numbers with nan for gaps, then indices
of categories. In training they give the logits of each member, float32
(N, members, classes), elsewhere those of their mean, (N, classes). Only tabm has more than one member.

TabM (Gorishniy, Kotelnikov and Babenko 2025, arXiv:2410.24210): an ensemble of MLPs in one, here in its
smallest form ("mini"). The members share all hidden layers; each has only a scale of its own for every input,
and a head. They learn side by side, each from a loss of its own, and their mean is what counts. In that
paper's comparison on 46 tables it is ahead of attention-based networks (FT-Transformer and its kind) at the
cost of an MLP. Its numbers come in pieces (Gorishniy et al. 2022, arXiv:2203.05556).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..engine import ModelCard
    from ..features import Feature

HEAD = "head"
WIDE = (1024, 1024)  # of the tutorials' network; of two classes a single unit tells them apart
FAR = 8.0  # deviations from the mean beyond which a number is just large


class Scaled(nn.Module):
    """Numbers with mean 0 and variance 1, (N, 2 * numbers): gaps are the median, and told beside.

    All that it uses comes from the training rows, by way of the model card, and is no weight.
    """

    median: Tensor
    mean: Tensor
    std: Tensor

    def __init__(self, features: tuple[Feature, ...]) -> None:
        super().__init__()
        for name in ("median", "mean", "std"):
            values = torch.tensor([getattr(feature, name) for feature in features])
            self.register_buffer(name, values, persistent=False)
        self.size = 2 * len(features)

    def forward(self, numbers: Tensor) -> Tensor:
        gaps = torch.isnan(numbers)
        scaled = (torch.where(gaps, self.median, numbers) - self.mean) / self.std
        return torch.cat([scaled.clamp(-FAR, FAR), gaps.float()], 1)


class Pieces(nn.Module):
    """Numbers as how far each has come through the bins of its column, (N, numbers * (bins + 1)).

    A bin that lies below the number is 1, one above it 0, its own between them. So the network can answer to
    each stretch by itself, and an outlier is no more than the last bin. A gap has come nowhere, and is told.
    """

    low: Tensor
    slope: Tensor

    def __init__(self, features: tuple[Feature, ...]) -> None:
        super().__init__()
        low, slope = pieces(features)
        self.register_buffer("low", torch.tensor(low), persistent=False)
        self.register_buffer("slope", torch.tensor(slope), persistent=False)
        self.size = len(features) * (self.low.shape[1] + 1)

    def forward(self, numbers: Tensor) -> Tensor:
        gaps = torch.isnan(numbers)
        whole = torch.where(gaps, self.low[:, 0], numbers)[:, :, None]
        way = ((whole - self.low) * self.slope).clamp(0, 1)
        return torch.cat([way, gaps[:, :, None].float()], 2).flatten(1)


def pieces(features: tuple[Feature, ...]) -> tuple[list[list[float]], list[list[float]]]:
    """Return where each bin begins and one over its length, (numbers, bins); 0 where a column has fewer."""
    most = max(len(feature.edges) for feature in features) - 1
    low, slope = [], []
    for feature in features:
        edges = feature.edges
        empty = [0.0] * (most + 1 - len(edges))
        low.append([*edges[:-1], *empty])
        slope.append([*(1 / (b - a) for a, b in pairwise(edges)), *empty])
    return low, slope


class Categories(nn.Module):
    """A few learned numbers for each category, (N, columns * embedding): one table for all columns."""

    first: Tensor

    def __init__(self, features: tuple[Feature, ...], embedding: int) -> None:
        super().__init__()
        starts = [0]
        for feature in features:
            starts.append(starts[-1] + len(feature.categories) + 1)  # the one more is for the unknown
        self.register_buffer("first", torch.tensor(starts[:-1]), persistent=False)
        self.table = nn.Embedding(starts[-1], embedding)
        self.size = len(features) * embedding

    def forward(self, indices: Tensor) -> Tensor:
        found: Tensor = self.table(indices.long() + self.first)
        return found.flatten(1)


class Scales(nn.Module):
    """A scale of its own for each input of each member: (N, inputs) to (N, members, inputs)."""

    def __init__(self, members: int, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, inputs))

    def forward(self, x: Tensor) -> Tensor:
        return x[:, None] * self.weight


class Heads(nn.Module):
    """A linear layer for each member: (N, members, units) to (N, members, classes)."""

    def __init__(self, members: int, units: int, classes: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(units)
        self.weight = nn.Parameter(torch.empty(members, units, classes).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, classes))

    def forward(self, x: Tensor) -> Tensor:
        return torch.einsum("nku,kuc->nkc", x, self.weight) + self.bias


class Classifier(nn.Module):
    """Numbers and categories side by side, hidden layers, a head for each member."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        if card.model not in {"tabm", "mlp", "wide"}:
            raise ProjectError(f"there is no network {card.model!r}: tabm, mlp, wide")
        several = card.model == "tabm"
        self.split = len(card.numbers)
        inputs = 0
        self.numbers: nn.Module | None = None
        if card.numbers:
            numbers = Pieces(card.numbers) if several else Scaled(card.numbers)
            self.numbers, inputs = numbers, numbers.size
        body: dict[str, nn.Module] = {}
        if card.categories:
            categories = Categories(card.categories, card.embedding)
            body["categories"], inputs = categories, inputs + categories.size
        if several:
            body["scales"] = Scales(card.members, inputs)
        widths = WIDE if card.model == "wide" else (card.width,) * card.depth
        for at, width in enumerate(widths, start=1):
            body[f"hidden{at}"] = hidden(inputs, width, card.dropout)
            inputs = width
        self.body = nn.ModuleDict(body)
        self.single = card.model == "wide" and len(card.classes) == 2
        self.head = Heads(card.members if several else 1, inputs, 1 if self.single else len(card.classes))

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {**self.body, HEAD: self.head}

    def forward(self, rows: Tensor) -> Tensor:
        members = self.members(rows)
        return members if self.training else averaged(members)

    def members(self, rows: Tensor) -> Tensor:
        """Return the logits of each member, (N, members, classes)."""
        parts = [self.numbers(rows[:, : self.split])] if self.numbers is not None else []
        if "categories" in self.body:
            parts.append(self.body["categories"](rows[:, self.split :]))
        x = torch.cat(parts, 1)
        x = self.body["scales"](x) if "scales" in self.body else x[:, None]
        for name, section in self.body.items():
            if name.startswith("hidden"):
                x = section(x)
        # float32 also under mixed precision: the exponentials of the loss need the digits
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
            if self.single:  # softmax of 0 and x is the sigmoid of x
                logits = torch.cat([torch.zeros_like(logits), logits], 2)
        return logits


def hidden(inputs: int, units: int, dropout: float) -> nn.Sequential:
    """Return a hidden layer whose signals keep their size through ReLU (He et al. 2015, arXiv:1502.01852)."""
    linear = nn.Linear(inputs, units)
    nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
    nn.init.zeros_(linear.bias)
    return nn.Sequential(linear, nn.ReLU(), nn.Dropout(dropout))


def averaged(members: Tensor) -> Tensor:
    """Return the logarithm of the members' mean shares: logits of the whole, (N, classes)."""
    return torch.logsumexp(torch.log_softmax(members, 2), 1) - math.log(members.shape[1])


def build(card: ModelCard) -> Classifier:
    """Return the network of a card, with fresh weights from PyTorch's generator: seed it before."""
    return Classifier(card)
