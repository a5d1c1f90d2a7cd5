"""The PyTorch engine: what the rest of the project sees of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from . import backbones, gradcam
from .augment import ImageBatches
from .learner import Learner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import numpy as np
    from torch import Tensor, nn

    from ..data import Data, Split
    from ..engine import ModelCard
    from ..settings import Settings
    from .backbones import Foreign
    from .model import Classifier
    from .team import Team


class PyTorchEngine(Learner):
    """An image classifier on one device; see `TaskEngine` in `engine.py` for what it promises."""

    settings: Settings
    card: ModelCard
    network: Classifier | Foreign

    def build(self) -> nn.Module:
        """Return the network of the card, in the order of numbers that convolutions want."""
        network = backbones.build(self.card)
        # channels-last: what tensor cores and vector units work on without turning it round first
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return self.network.sections()

    def batches(self, data: Data, team: Team) -> ImageBatches:
        """Return the training images, shifted and mirrored anew in each epoch."""
        settings = self.settings
        return ImageBatches(
            data.train, settings.batch_size, team, augment=settings.augment, mirror=data.mirror
        )

    def inputs(self, part: Split) -> Tensor:
        """Return images as uint8, (N, channels, height, width), in channels-last order."""
        return torch.from_numpy(part.images).permute(0, 3, 1, 2)

    def targets(self, part: Split) -> Tensor:
        """Return the classes' numbers."""
        return torch.from_numpy(part.labels)

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return cross-entropy with the label smoothing that was chosen."""
        return torch.nn.CrossEntropyLoss(label_smoothing=self.settings.label_smoothing)

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sums of cross-entropy, without label smoothing, and of right answers."""
        return {
            "validation_loss": cross_entropy(outputs, targets, reduction="sum"),
            "validation_accuracy": (outputs.argmax(1) == targets).sum(),
        }

    def load_imagenet(self, *, head: bool = False) -> None:
        """Put the ImageNet weights into the body; `head`: into the head, too, which then has 1000 outputs."""
        self.network.load_imagenet(head=head)

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return where in each image the network sees a class, or None where it cannot tell."""
        seen = self.network.seen()
        if seen is None:
            return None
        return gradcam.heat(self.network, seen, self.moved(self.inputs(part)), classes)
