"""What a training is made of, whatever is trained and whichever framework does it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from .errors import ProjectError


@dataclass(frozen=True)
class Stage:
    """A stretch of training with a schedule of its own: warm-up to the peak, then a cosine down to zero."""

    name: str  # train, head, all layers
    epochs: int
    learning_rate: float  # of the head, at the peak
    body: float = 1.0  # the body's learning rate as a share of the head's; 0 = the body is frozen
    layer_decay: float = 1.0  # each stage nearer to the input learns slower by this factor
    open: int = 0  # how many of the body's sections learn, counted from the head; 0 = all
    averages: bool = True  # batch normalisation learns and averages on; False: it stays as it was loaded


class TrainingSettings(Protocol):
    """The settings that a training loop reads; a project's `Settings` has these and more."""

    @property
    def weight_decay(self) -> float:
        """Decoupled (AdamW); not applied to biases and normalisation."""

    @property
    def warmup(self) -> float:
        """Share of a stage's steps in which the learning rate rises."""

    @property
    def clip(self) -> float:
        """Largest global gradient norm, 0 = no limit."""

    @property
    def patience(self) -> int:
        """Stop after this many epochs without a better validation loss, 0 = never."""

    @property
    def seed(self) -> int:
        """One number seeds everything."""


def finite(loss: float, name: str, epoch: int) -> float:
    """Return a loss that is a number; another one is a `ProjectError`."""
    if not math.isfinite(loss):
        raise ProjectError(f"the {name} is {loss} in epoch {epoch + 1}; choose a smaller --learning-rate")
    return loss
