"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .engines import Engine
from .features import Feature, restored

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str  # tabm | mlp | wide
    width: int
    depth: int
    members: int
    embedding: int
    dropout: float
    target: str  # the column that is told
    classes: tuple[str, ...]
    positive: str  # of two classes the one to be found, "" = there are more
    counts: tuple[int, ...]  # training rows of each class
    features: tuple[Feature, ...]  # the columns, numbers first, measured on the training rows alone
    framework: str  # pytorch | keras
    group: str = ""  # of an adapted network the column that says which rows were new to it
    old: str = ""  # the value of it that its base knew

    def __post_init__(self) -> None:
        """Make features of what JSON has."""
        object.__setattr__(self, "features", restored(self.features))

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        return f"{self.model}, {self.target}: {', '.join(self.classes)}, from {len(self.features)} columns"

    @property
    def numbers(self) -> tuple[Feature, ...]:
        """The columns of numbers: the first ones of the input."""
        return tuple(feature for feature in self.features if feature.numeric)

    @property
    def categories(self) -> tuple[Feature, ...]:
        """The columns of categories: the rest of the input."""
        return tuple(feature for feature in self.features if not feature.numeric)

    def weights(self, *, balance: bool) -> np.ndarray:
        """Return what an error in each class counts; a training row counts 1 on average."""
        counts = np.maximum(np.array(self.counts, np.float32), 1)
        return counts.sum() / (len(counts) * counts) if balance else np.ones_like(counts)


def card_of(rows: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these rows is like."""
    return ModelCard(
        model=settings.model,
        width=settings.width,
        depth=settings.depth,
        members=settings.members,
        embedding=settings.embedding,
        dropout=settings.dropout,
        target=rows.target,
        classes=rows.classes,
        positive=rows.positive,
        counts=rows.counts,
        features=rows.features,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits, of shape (N, classes).

    It takes a float32 array (N, features) as `features.encode` makes it: the network fills gaps and scales
    by itself.
    """

    card: ModelCard
    threshold: float  # share of the positive class from which a row is called so; chosen at the end of `fit`

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...
