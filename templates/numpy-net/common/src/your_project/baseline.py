"""A simple model to compare with: what a network must beat to be worth its trouble."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return the test accuracy of logistic regression: the same network without its hidden layer.

    Of XOR it gets at most three points of four right, because no straight line divides them (Minsky and
    Papert 1969, "Perceptrons"). No setting of the network matters to it. None without scikit-learn.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return None
    train, test = ((part.inputs - data.mean) / data.std for part in (data.train, data.test))
    model = LogisticRegression(C=0.1, max_iter=200, tol=1e-3)
    with warnings.catch_warnings():
        # where 200 steps are not enough, what they reached is good enough to compare with
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(train, data.train.labels)
    return {
        "name": "logistic regression",
        "accuracy": float(model.score(test, data.test.labels)),
        "training_samples": len(data.train),
    }
