"""What every PyTorch engine does whose network gives a score for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import cross_entropy

from .learner import Learner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn


class ClassLearner(Learner):
    """A network that gives logits, (N, classes), and says by `sections()` of what it is made."""

    #: share of the target that all classes get alike
    label_smoothing = 0.0

    def sections(self) -> Mapping[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return self.network.sections()  # type: ignore[operator,no-any-return]

    def targets(self, part: Any) -> Tensor:
        """Return the classes' numbers."""
        return torch.from_numpy(part.labels)

    def loss_function(self) -> Callable[[Any, Tensor], Tensor]:
        """Return cross-entropy; it takes logits, and the softmax is a part of it."""
        return torch.nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def measures(self, outputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the sums of cross-entropy, without label smoothing, and of right answers."""
        return {
            "validation_loss": cross_entropy(outputs, targets, reduction="sum"),
            "validation_accuracy": (outputs.argmax(1) == targets).sum(),
        }
