"""The network of this project, seen from outside: what describes it, and what each framework offers for it.

`pytorch/engine.py` and `tfkeras/engine.py` offer it; nothing else knows a framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .engines import Engine

if TYPE_CHECKING:
    import numpy as np

    from .data import Data, Split
    from .settings import Settings

#: mean and deviation that ImageNet weights were trained with, in 0..255. They go with the weights: a network
#: that is shown images normalised as for another one sees other contrasts and colours.
#: https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/efficientnet_lite_builder.py
LITE0 = ((127.0,) * 3, (128.0,) * 3)
USUAL = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))  # torchvision's, of ImageNet's training images
UNCHANGED = ((0.0,) * 3, (1.0,) * 3)


@dataclass(frozen=True)
class ModelCard:
    """All that one needs to use a file of weights; it is kept beside them as `model.json`."""

    model: str  # lite0, or the name of another package's network
    depth: int  # sections of lite0's body, from the input on
    dropout: float
    image_shape: tuple[int, int, int]  # height, width, channels
    classes: tuple[str, ...]
    mean: tuple[float, ...]  # by which the network normalises each channel, in 0..255
    std: tuple[float, ...]
    framework: str  # pytorch | keras

    def describe(self) -> str:
        """Return what the network is and knows, for the reader."""
        return f"{self.model}, classes {', '.join(self.classes)}"


def card_of(images: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these images is like."""
    # the networks of other packages are normalised for in ways of their own, as these packages say
    mean, std = LITE0 if settings.model == "lite0" else UNCHANGED
    return ModelCard(
        model=settings.model,
        depth=settings.depth,
        dropout=settings.dropout,
        image_shape=images.image_shape,
        classes=images.classes,
        mean=mean,
        std=std,
        framework=framework,
    )


class TaskEngine(Engine, Protocol):
    """One network on one device. It gives logits, of shape (N, classes).

    The network holds the normalisation by `card.mean` and `card.std` as its first layer; a network of another
    package goes on with what that package prepares its images by.
    """

    card: ModelCard

    def __init__(self, settings: Settings, card: ModelCard) -> None: ...

    def load_imagenet(self, *, head: bool = False) -> None:
        """Put the weights of `settings.weights`, or those of ImageNet, into the body.

        `head`: into lite0's head, too, of 1000 outputs.
        """

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return where in each image the network sees a class (Grad-CAM), or None where it cannot tell.

        `classes` are numbers of shape (N,); the answer is float32 in 0..1, (N, rows, columns), coarse.
        """
