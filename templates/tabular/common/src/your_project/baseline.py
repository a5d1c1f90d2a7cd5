"""Gradient boosting on the same rows: what a network must come up to, to be worth its trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import ranking

if TYPE_CHECKING:
    from .data import Data
    from .settings import Settings

MOST_CATEGORIES = 255  # that it can keep apart; the indices of more than these are taken as numbers


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return test accuracy and area under the ROC curve of boosted trees, or None without scikit-learn.

    No setting of the network matters to it. It takes gaps and categories as they are.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        return None
    trees = HistGradientBoostingClassifier(
        # smaller steps than scikit-learn's own, and an end when a tenth of the rows gains nothing more
        learning_rate=0.05,
        max_iter=500,
        early_stopping=len(data.train) > 1000,
        categorical_features=[
            not feature.numeric and len(feature.categories) < MOST_CATEGORIES for feature in data.features
        ],
        random_state=0,
    )
    trees.fit(data.train.columns, data.train.labels)
    shares = np.zeros((len(data.test), len(data.classes)))
    # of few training rows a class can be missing, and the trees do not know of it
    shares[:, trees.classes_] = trees.predict_proba(data.test.columns)
    return {
        "name": "gradient boosting",
        "accuracy": float((shares.argmax(1) == data.test.labels).mean()),
        "roc_auc": ranking.areas(np.log(shares + 1e-12), data.test.labels)["roc_auc"],
        "training_samples": len(data.train),
    }
