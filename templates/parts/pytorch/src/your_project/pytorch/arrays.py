"""Training data that fits into memory, batch by batch in an order of its own for each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from ..errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from .team import Team


class ArrayBatches:
    """Inputs (a tensor, or a tuple of them) and targets, which lie on the device as a whole."""

    def __init__(self, inputs: Any, targets: Tensor, size: int, team: Team) -> None:
        self.several = isinstance(inputs, tuple)
        parts = inputs if self.several else (inputs,)
        self.inputs = tuple(one.to(team.device) for one in parts)
        self.targets, self.team = targets.to(team.device), team
        # The last, incomplete batch is left out: its gradient would be noisier, at the same learning rate.
        # Shares of one size: else the mean of the processes' gradients would not be that of the batch.
        self.size = min(size, len(targets)) // team.size * team.size
        if not self.size:
            raise ProjectError(f"a batch of {size} samples is too small for {team.size} processes")
        self.steps = len(targets) // self.size

    def __call__(self, generator: torch.Generator) -> Iterator[tuple[Any, Tensor]]:
        """Yield one epoch, drawn from a generator of the CPU: the same one on every device."""
        order = torch.randperm(len(self.targets), generator=generator).to(self.targets.device)
        for start in range(0, self.steps * self.size, self.size):
            which = order[start + self.team.number : start + self.size : self.team.size]
            inputs = tuple(one[which] for one in self.inputs)
            yield (inputs if self.several else inputs[0]), self.targets[which]


def cut(inputs: Any, which: slice) -> Any:
    """Return some of the samples of a tensor, or of each of a tuple."""
    return tuple(one[which] for one in inputs) if isinstance(inputs, tuple) else inputs[which]
