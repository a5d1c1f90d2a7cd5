"""What a framework must offer to classify images, beside what every engine does (see `engines.py`).

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .engines import Engine

if TYPE_CHECKING:
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


class ImageEngine(Engine, Protocol):
    """One network on one device.

    Images are NumPy uint8 arrays of shape (N, height, width, channels); labels int64 of shape (N,).
    The network holds the normalisation by `card.mean` and `card.std` as its first layer.
    """

    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def fit(self, data: Data, stages: tuple[Stage, ...], run: RunFolder) -> None:
        """Train on the images; see `Engine`."""

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Scores of shape (N, classes), float32."""
