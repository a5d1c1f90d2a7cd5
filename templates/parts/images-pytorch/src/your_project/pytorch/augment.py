"""The training images, batch by batch: shuffled, shifted and mirrored on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..data import Split
    from .team import Team


class ImageBatches:
    """A split as batches of images (uint8, (n, channels, height, width)) and labels (int64, (n,)).

    All images lie on the device as bytes, where there is room: for small images this is faster than to
    collect every batch in other processes.
    """

    def __init__(self, split: Split, size: int, team: Team, *, augment: bool, mirror: bool) -> None:
        device = team.device
        images = torch.from_numpy(split.images)
        self.height, self.width = images.shape[1:3]
        self.reach = max(1, round(min(self.height, self.width) / 14)) if augment else 0
        self.mirror = augment and mirror
        self.device, self.team = device, team
        # Shifted images are windows of wider ones; what comes in from outside is black.
        images = torch.nn.functional.pad(images, (0, 0, *[self.reach] * 4))
        self.images = images.to(device if fits(images, device) else "cpu")
        self.labels = torch.from_numpy(split.labels).to(device)
        # The last, incomplete batch is left out: its gradient would be noisier, at the same learning rate.
        # Shares of one size: else the mean of the processes' gradients would not be that of the batch.
        self.size = min(size, len(images)) // team.size * team.size
        if not self.size:
            raise ProjectError(f"a batch of {size} images is too small for {team.size} processes")
        self.steps = len(images) // self.size

    def __call__(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield one epoch, drawn from a generator of the CPU: the same one on every device."""
        count = self.steps * self.size
        order = torch.randperm(len(self.images), generator=generator)[:count]
        shifts = torch.randint(0, 2 * self.reach + 1, (2, count), generator=generator)
        mirrored = torch.rand(count, generator=generator) < (0.5 if self.mirror else 0)
        rows = shifts[0, :, None] + torch.arange(self.height)
        columns = torch.arange(self.width).expand(count, -1)
        columns = shifts[1, :, None] + torch.where(mirrored[:, None], columns.flip(1), columns)
        # The draws of a whole epoch go to the device at once, so that no step waits for a copy.
        home = self.images.device
        chosen, rows, columns = order.to(home), rows.to(home), columns.to(home)
        for start in range(0, count, self.size):
            batch = slice(start + self.team.number, start + self.size, self.team.size)
            which = chosen[batch]
            images = self.images[which[:, None, None], rows[batch][:, :, None], columns[batch][:, None, :]]
            # (n, height, width, channels) seen as (n, channels, height, width): PyTorch's channels-last order
            yield images.permute(0, 3, 1, 2).to(self.device), self.labels[which.to(self.device)]


def fits(images: Tensor, device: torch.device) -> bool:
    """Return whether the images leave a CUDA device three quarters of its free memory; true elsewhere."""
    return device.type != "cuda" or images.nbytes < torch.cuda.mem_get_info(device)[0] / 4
