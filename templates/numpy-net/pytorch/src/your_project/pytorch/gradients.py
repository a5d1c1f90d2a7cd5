"""The derivatives of the loss as autograd finds them: what those written by hand must equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from .model import TwoLayers

if TYPE_CHECKING:
    from ..by_hand.network import Weights
    from ..engine import ModelCard


def gradients(card: ModelCard, weights: Weights, inputs: np.ndarray, labels: np.ndarray) -> Weights:
    """Return the derivatives by all weights in float64, in the shapes of `by_hand`."""
    network = TwoLayers(card, weights).double()
    network.load_state_dict({name: torch.from_numpy(value.T.copy()) for name, value in weights.items()})
    cross_entropy(network(torch.from_numpy(inputs.astype(np.float64))), torch.from_numpy(labels)).backward()
    return {name: one.grad.numpy().T for name, one in network.named_parameters() if one.grad is not None}
