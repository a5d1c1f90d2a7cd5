"""How good a classifier is. NumPy only; the same numbers for every framework.

`metrics.json`, schema "metrics/1" (shares are in 0..1, seconds are seconds):

    schema              "metrics/1"
    job, run, finished  train | finetune | evaluate | search; the run's name; when, in UTC
    framework, framework_version, device, precision
    data, classes       where the samples are from; what they can be, in the order of the network's outputs
    samples             how many: training, validation, test
    model, parameters   which network; its trainable numbers
    epochs, best_epoch  epochs that were run; the one whose weights were kept, counted from 1
    seconds             spent training
    accuracy            share of the test samples that are classified correctly
    majority            share of their commonest class: the accuracy of whoever says nothing else
    macro_precision     mean over the classes: of the samples called so, the share that are
    macro_recall        mean over the classes: of the samples that are, the share called so
    macro_f1            mean over the classes of the harmonic mean of the two
    loss                mean cross-entropy (natural logarithm), without label smoothing
    per_class           a list: class, precision, recall, f1, support (samples)
    confusion           row = true class, column = predicted class, counts
    calibration         error: expected calibration error (Guo et al. 2017, https://arxiv.org/abs/1706.04599);
                        bins: a list of low, high, count, confidence, accuracy
    baseline            name, accuracy, training_samples of a simple model on the same test samples, or null
    scratch             (finetune) the same numbers for a network trained from scratch with the same budget
    base                (finetune) the run whose network was adapted
    trials              (search) a list: trial, settings, validation_loss, epochs, best_epoch, seconds
"""

from __future__ import annotations

from typing import Any

import numpy as np

SCHEMA = "metrics/1"
BINS = 10


def classification(logits: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> dict[str, Any]:
    """Return the numbers from `accuracy` to `calibration`.

    `logits` are float scores of shape (N, classes), `labels` integers of shape (N,), N at least 1.
    """
    log_shares = log_softmax(logits)
    matrix = confusion(labels, logits.argmax(1), len(classes))
    precision, recall, f1 = scores(matrix)
    support = matrix.sum(1)
    table = [
        {"class": name, "precision": p, "recall": r, "f1": f, "support": int(n)}
        for name, p, r, f, n in zip(
            classes, precision.tolist(), recall.tolist(), f1.tolist(), support, strict=True
        )
    ]
    there = support > 0  # a class without test samples has no recall; it must not pull the mean down
    return {
        "accuracy": float(np.trace(matrix) / matrix.sum()),
        "majority": float(support.max() / matrix.sum()),
        "macro_precision": float(precision[there].mean()),
        "macro_recall": float(recall[there].mean()),
        "macro_f1": float(f1[there].mean()),
        "loss": float(-log_shares[np.arange(len(labels)), labels].mean()),
        "per_class": table,
        "confusion": matrix.tolist(),
        "calibration": calibration(np.exp(log_shares), labels),
    }


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line."""
    line = f"{right(content)}  macro F1 {content['macro_f1']:.4f}  loss {content['loss']:.4f}"
    if baseline := content.get("baseline"):
        line += f"  ({baseline['name']}: {baseline['accuracy']:.4f})"
    return line


def right(content: dict[str, Any]) -> str:
    """Return the accuracy, beside that of always saying the commonest class."""
    return f"accuracy {content['accuracy']:.4f} (always the commonest class: {content['majority']:.4f})"


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the logarithm of the classes' shares, in float64; large scores do not overflow."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    log_shares: np.ndarray = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return log_shares


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count samples by true class (row) and predicted class (column); matrices of parts may be added."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def scores(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return precision, recall and F1 of each class from a confusion matrix; 0 where nothing can be said."""
    right = np.diag(matrix).astype(np.float64)
    precision = _ratio(right, matrix.sum(0))
    recall = _ratio(right, matrix.sum(1))
    return precision, recall, _ratio(2 * precision * recall, precision + recall)


def calibration(shares: np.ndarray, labels: np.ndarray, bins: int = BINS) -> dict[str, Any]:
    """Compare how sure the network is with how often it is right.

    Predictions are sorted into bins by the share of the predicted class. The expected calibration error is
    the mean over the predictions of |accuracy - confidence| of their bin.
    """
    confidence = shares.max(1)
    right = shares.argmax(1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    mean_confidence = _ratio(np.bincount(place, confidence, bins), count)
    accuracy = _ratio(np.bincount(place, right, bins), count)
    error = float((count * np.abs(accuracy - mean_confidence)).sum() / len(labels))
    table = [
        {
            "low": at / bins,
            "high": (at + 1) / bins,
            "count": int(count[at]),
            "confidence": float(mean_confidence[at]),
            "accuracy": float(accuracy[at]),
        }
        for at in range(bins)
    ]
    return {"error": error, "bins": table}


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    above, below = above.astype(np.float64), below.astype(np.float64)
    ratio: np.ndarray = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return ratio


def worst(shares: np.ndarray, labels: np.ndarray, most: int) -> tuple[int, np.ndarray]:
    """Return how many samples are classified wrongly, and the places of the surest mistakes, at most so many.

    `shares` are probabilities, (N, C), `labels` the true classes, (N,).
    """
    predicted = shares.argmax(1)
    wrong = np.flatnonzero(predicted != labels)
    return len(wrong), wrong[np.argsort(-shares[wrong, predicted[wrong]], kind="stable")][:most]
