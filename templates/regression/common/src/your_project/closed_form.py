"""The best linear model, by solving an equation instead of training.

The squared error of a linear model is a bowl: it has one lowest point, where all slopes are zero. That is a
system of linear equations (the normal equations, Gauss 1809), solved here by orthogonal transformations,
which lose no digits. Gradient descent arrives at the same point, if its steps are long enough, there are
enough of them, and they grow smaller in the end; with it one can do what no equation can.

All numbers are those of the network's own weights: features and target are standardised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .data import Data


@dataclass(frozen=True)
class Solution:
    """Weights (F,), the bias, and the mean squared error on the rows that they were solved for."""

    weights: np.ndarray
    bias: float
    loss: float


def standardised(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return the training rows as a linear model sees them: features (N, F) and targets (N,)."""
    features = (data.train.features.astype(np.float64) - data.mean) / data.std
    targets = (data.train.targets[:, 0].astype(np.float64) - data.target_mean) / data.target_std
    return features, targets


def solve(features: np.ndarray, targets: np.ndarray) -> Solution:
    """Return the weights and the bias with the smallest mean squared error."""
    design = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    found = np.linalg.lstsq(design, targets, rcond=None)[0]
    loss = float(((design @ found - targets) ** 2).mean())
    return Solution(found[:-1], float(found[-1]), loss)


def heaviest(weights: np.ndarray) -> tuple[int, ...]:
    """Return the two features with the largest weights, in the order of the table."""
    return tuple(sorted(np.argsort(-np.abs(weights), kind="stable")[:2].tolist()))


def surface(data: Data) -> dict[str, Any] | None:
    """Return the loss about its lowest point, along two weights while the others stay; None for one feature.

    loss(w) = lowest + (w - best)ᵀ curvature (w - best)
    """
    features, targets = standardised(data)
    solution = solve(features, targets)
    shown = heaviest(solution.weights)
    if len(shown) < 2:
        return None
    two = features[:, shown]
    return {
        "features": [data.features[at] for at in shown],
        "best": solution.weights[list(shown)].tolist(),
        "lowest": solution.loss,
        "curvature": (two.T @ two / len(two)).tolist(),
    }
