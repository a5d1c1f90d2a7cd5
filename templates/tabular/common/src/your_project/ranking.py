"""How well scores put rows in order, and from which score on a row is called positive.

Accuracy says little where one class is rare: who calls no customer a defaulter is right for 95 of 100. The
curves below do not depend on how many there are of each (ROC), or say what a find costs (precision and
recall).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .metrics import log_softmax

POINTS = 101  # of a curve that is kept


def shares(logits: np.ndarray) -> np.ndarray:
    """Return the classes' shares, float64 (N, classes)."""
    told: np.ndarray = np.exp(log_softmax(logits))
    return told


def roc(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of the negatives and of the positives found, from the highest score down.

    `scores` are floats (N,), `positive` booleans (N,); both kinds must be there. Equal scores are one step.
    """
    hits, alarms, _ = _steps(scores, positive)
    return alarms / alarms[-1], hits / hits[-1]


def precision_recall(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall, from the highest score down, without the point at which none is found."""
    hits, alarms, _ = _steps(scores, positive)
    return hits[1:] / (hits + alarms)[1:], hits[1:] / hits[-1]


def roc_auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the chance that a positive has a higher score than a negative."""
    across, up = roc(scores, positive)
    return float((np.diff(across) * (up[1:] + up[:-1]) / 2).sum())


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the precision, averaged over the positives as they are found."""
    precision, recall = precision_recall(scores, positive)
    return float((precision * np.diff(recall, prepend=0.0)).sum())


def areas(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return `roc_auc` and `average_precision`: the mean over the classes, each against the rest.

    A class that has no row, or all of them, says nothing and is left out. For two classes ROC is the same
    seen from either.
    """
    told = shares(logits)
    kinds = [at for at in range(told.shape[1]) if 0 < (labels == at).sum() < len(labels)]
    if not kinds:
        return {"roc_auc": float("nan"), "average_precision": float("nan")}
    pairs = [(told[:, at], labels == at) for at in kinds]
    return {
        "roc_auc": float(np.mean([roc_auc(*pair) for pair in pairs])),
        "average_precision": float(np.mean([average_precision(*pair) for pair in pairs])),
    }


def curve(across: np.ndarray, up: np.ndarray) -> list[list[float]]:
    """Return a curve as at most 101 points, evenly spread over its length."""
    places = np.unique(np.linspace(0, len(across) - 1, POINTS).round().astype(int))
    return [[round(float(across[at]), 4), round(float(up[at]), 4)] for at in places]


# --- the threshold


def choose(scores: np.ndarray, positive: np.ndarray, aim: str) -> float:
    """Return the score from which a row is called positive, best for the aim on these rows.

    The threshold lies half-way between two scores, so that it does not hang on the last digit of one. Without
    rows of both kinds there is nothing to choose: 0.5.
    """
    if positive.all() or not positive.any():
        return 0.5
    hits, alarms, cuts = _steps(scores, positive)
    misses, passes = hits[-1] - hits, alarms[-1] - alarms
    worth = {
        "f1": 2 * hits / np.maximum(2 * hits + alarms + misses, 1),
        "balanced": (hits / hits[-1] + passes / alarms[-1]) / 2,
        "accuracy": (hits + passes) / len(scores),
    }[aim]
    at = int(np.argmax(worth))
    if at == 0:  # none is called positive
        return min(1.0, float(cuts[0] + 1e-6))
    after = cuts[at] if at < len(cuts) else 0.0
    return float((cuts[at - 1] + after) / 2)


def at_threshold(scores: np.ndarray, positive: np.ndarray, threshold: float) -> dict[str, Any]:
    """Return what comes of calling rows positive from this score on."""
    called = scores >= threshold
    hits, alarms = int((called & positive).sum()), int((called & ~positive).sum())
    misses, passes = int((~called & positive).sum()), int((~called & ~positive).sum())
    return {
        "threshold": threshold,
        "accuracy": (hits + passes) / len(scores),
        "precision": hits / max(hits + alarms, 1),
        "recall": hits / max(hits + misses, 1),
        "f1": 2 * hits / max(2 * hits + alarms + misses, 1),
        "balanced_accuracy": (hits / max(hits + misses, 1) + passes / max(alarms + passes, 1)) / 2,
        "confusion": [[passes, alarms], [misses, hits]],
    }


def _steps(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how many positives and negatives lie above each different score, first none, and the scores."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(positive[order])[ends]
    hits = np.concatenate(([0], found))
    return hits, np.concatenate(([0], ends + 1 - found)), scores[order][ends]
