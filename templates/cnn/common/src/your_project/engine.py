"""What a framework must offer.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from .data import Data
    from .run_folder import RunFolder
    from .settings import Settings
    from .stages import Stage


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


class Engine(Protocol):
    """One network on one device.

    Images are NumPy uint8 arrays of shape (N, height, width, channels); labels int64 of shape (N,).
    The network holds the normalisation by `card.mean` and `card.std` as its first layer.
    """

    framework: str  # pytorch | keras
    version: str  # of the framework
    card: ModelCard
    device: str  # cpu, cuda:0 (NVIDIA H200), mps
    device_reason: str
    precision: str  # fp32, bf16, fp16
    precision_reason: str
    parameters: int  # trainable ones

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train through all stages, logging each epoch to the run.

        Keeps the best weights (lowest validation loss) in `run.best` and everything that an exact
        resume needs in `run.last`, both written atomically; leaves the best weights in place.
        """

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Scores of shape (N, classes), float32."""

    def load(self, weights: Path) -> None:
        """Load weights that `fit` or `save` wrote."""

    def save(self, weights: Path) -> None: ...

    def load_body(self, weights: Path) -> None:
        """Load all but the head from the weights of a network with other classes; the head stays fresh."""
