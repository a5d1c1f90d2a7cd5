"""A simple model to compare with: what a network must beat to be worth its trouble."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

MOST_IMAGES = 5000  # more make it slower, hardly better
MOST_PIXELS = 32  # a side


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return the test accuracy of logistic regression on pixels, or None without scikit-learn.

    No setting of the network matters to it.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return None
    few = data.limited(MOST_IMAGES)
    model = LogisticRegression(C=0.1, max_iter=200, tol=1e-3)
    with warnings.catch_warnings():
        # where 200 steps are not enough, what they reached is good enough to compare with
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(pixels(few.train.images), few.train.labels)
    return {
        "name": "logistic regression on pixels",
        "accuracy": float(model.score(pixels(data.test.images), data.test.labels)),
        "training_samples": len(few.train),
    }


def pixels(images: np.ndarray) -> np.ndarray:
    """Return images as rows of numbers in 0..1, large ones made smaller by averaging blocks."""
    block = -(-images.shape[1] // MOST_PIXELS)
    count, height, width, channels = images.shape
    height, width = height // block, width // block
    cut = images[:, : height * block, : width * block]
    blocks = cut.reshape(count, height, block, width, block, channels).mean((2, 4), dtype=np.float32)
    rows: np.ndarray = blocks.reshape(count, -1) / np.float32(255)
    return rows
