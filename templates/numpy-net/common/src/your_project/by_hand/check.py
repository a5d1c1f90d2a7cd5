"""Is a derivative right? Move one weight a little to either side, and look how much the loss changes.

The central difference (loss(w + h) - loss(w - h)) / 2h is off from the slope by some h² times the third
derivative, and by the rounding of the loss, about 1e-16 / h. With h = 1e-5 both are near 1e-10 in float64; in
float32 there are no digits left for such a check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .network import Network

if TYPE_CHECKING:
    from .network import Pass, Weights

STEP = 1e-5  # h, where weights are near 0.1
TOLERANCE = 1e-6


def numeric(network: Network, inputs: np.ndarray, labels: np.ndarray, step: float = STEP) -> Weights:
    """Return the derivatives of the loss by all weights from 2 forward passes each; weights are float64.

    Where a hidden sum changes its sign in between, ReLU has its corner there, and the quotient is the mean of
    two slopes, neither of them: such a weight gets nan, and `difference` leaves it out.
    """
    found = {name: np.empty_like(value) for name, value in network.weights.items()}
    for name, value in network.weights.items():
        for at in np.ndindex(value.shape):
            kept = value[at]
            value[at] = kept + step
            above = network.forward(inputs)
            value[at] = kept - step
            below = network.forward(inputs)
            value[at] = kept
            slope = (above.loss(labels) - below.loss(labels)) / (2 * step)
            found[name][at] = np.nan if _bent_between(network, above, below) else slope
    return found


def _bent_between(network: Network, above: Pass, below: Pass) -> bool:
    return network.kinked and bool(((above.sums > 0) != (below.sums > 0)).any())


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two derivatives, as a share of the largest of their numbers.

    Not number by number: the rounding of the loss is as large for derivatives that are almost 0, of which it
    would seem to leave nothing. Numbers that are nan are left out.
    """
    largest = max(float(np.nanmax(np.abs(one))), float(np.nanmax(np.abs(other))))
    return float(np.nanmax(np.abs(one - other))) / largest if largest else 0.0
