"""Simple models to compare with: what a network must beat to be worth its trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import closed_form
from .regression_metrics import shared_measures

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

STRENGTHS = np.logspace(-3, 3, 13)  # of ridge, among which cross-validation chooses


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return how good ridge regression is on the test rows, and beside it least squares and the mean.

    Ridge chooses its strength by leave-one-out cross-validation on the training rows. No setting of the
    network matters to it. Without scikit-learn only the other two are told. For linear models the loss about
    its lowest point comes with them, to draw the way of the training on.
    """
    features, targets = closed_form.standardised(data)
    test = (data.test.features.astype(np.float64) - data.mean) / data.std
    true = data.test.targets

    def measured(name: str, standardised: np.ndarray) -> dict[str, Any]:
        predicted = standardised * data.target_std + data.target_mean
        return {"name": name, **shared_measures(predicted, true)}

    solution = closed_form.solve(features, targets)
    found = [
        measured("least squares", test @ solution.weights + solution.bias),
        measured("mean", np.zeros(len(test))),
    ]
    if (ridge := _ridge(features, targets, test)) is not None:
        found.insert(0, measured("ridge", ridge))
    surface = closed_form.surface(data) if settings.model == "linear" else None
    return {**found[0], "training_samples": len(data.train), "beside": found[1:], "surface": surface}


def _ridge(features: np.ndarray, targets: np.ndarray, test: np.ndarray) -> np.ndarray | None:
    """Return predictions of ridge regression, None without scikit-learn."""
    try:
        from sklearn.linear_model import RidgeCV
    except ImportError:
        return None
    predicted: np.ndarray = RidgeCV(STRENGTHS).fit(features, targets).predict(test)
    return predicted
