"""What every PyTorch engine does that classifies images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from .augment import ImageBatches
from .classifier import ClassLearner

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..data import Data, Split
    from .team import Team


class ImageLearner(ClassLearner):
    """A classifier of images; a project says by `made` which network it is."""

    def __init__(self, settings: Any, card: Any) -> None:
        self.label_smoothing = settings.label_smoothing
        super().__init__(settings, card)

    def made(self) -> nn.Module:
        """Return the network of the card with fresh weights."""
        raise NotImplementedError

    def build(self) -> nn.Module:
        """Return the network in the order of numbers that convolutions want."""
        # channels-last: what tensor cores and vector units work on without turning it round first
        return self.made().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

    def batches(self, data: Data, team: Team) -> ImageBatches:
        """Return the training images, shifted and mirrored anew in each epoch."""
        settings = self.settings
        return ImageBatches(
            data.train, settings.batch_size, team, augment=settings.augment, mirror=data.mirror
        )

    def inputs(self, part: Split) -> Tensor:
        """Return images as uint8, (N, channels, height, width), in channels-last order."""
        return torch.from_numpy(part.images).permute(0, 3, 1, 2)
