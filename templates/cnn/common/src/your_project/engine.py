"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
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

    model: str  # resnet | lenet
    width: int
    dropout: float
    image_shape: tuple[int, int, int]  # height, width, channels
    classes: tuple[str, ...]
    mean: tuple[float, ...]  # of each channel of the training images, in 0..255
    std: tuple[float, ...]
    framework: str  # pytorch | keras

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        return f"{self.model}, classes {', '.join(self.classes)}"


def card_of(images: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these images is like."""
    return ModelCard(
        model=settings.model,
        width=settings.width,
        dropout=settings.dropout,
        image_shape=images.image_shape,
        classes=images.classes,
        mean=images.mean,
        std=images.std,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits, of shape (N, classes).

    The network holds the normalisation by `card.mean` and `card.std` as its first layer.
    """

    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...
