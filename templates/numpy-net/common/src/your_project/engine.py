"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`by_hand/engine.py`, `pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .engines import Engine

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str
    features: int
    hidden: int
    activation: str  # tanh | sigmoid | relu
    classes: tuple[str, ...]
    mean: float  # of the features of the training samples
    std: float
    framework: str  # numpy | pytorch | keras

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        layers = f"{self.features}-{self.hidden}-{len(self.classes)}"
        return f"{self.model} ({layers}, {self.activation}), classes {', '.join(self.classes)}"


def card_of(samples: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these samples is like."""
    return ModelCard(
        model="two layers",
        features=samples.features,
        hidden=settings.hidden,
        activation=settings.activation,
        classes=samples.classes,
        mean=samples.mean,
        std=samples.std,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits, of shape (N, classes).

    The network takes features as they are, (N, features), and holds their normalisation.
    """

    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...
