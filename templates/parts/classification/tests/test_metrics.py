"""Metrics against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from your_project import metrics


def test_all_numbers_of_a_small_case():
    labels = np.array([0, 0, 0, 1])
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])
    found = metrics.classification(np.log(shares), labels, ("cat", "dog"))
    assert found["accuracy"] == 0.75
    assert found["confusion"] == [[2, 1], [0, 1]]
    assert found["per_class"] == [
        {"class": "cat", "precision": 1.0, "recall": 2 / 3, "f1": pytest.approx(0.8), "support": 3},
        {"class": "dog", "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
    ]
    assert found["macro_precision"] == pytest.approx(0.75)
    assert found["macro_recall"] == pytest.approx(5 / 6)
    assert found["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert found["loss"] == pytest.approx(-sum(map(math.log, (0.9, 0.8, 0.4, 0.7))) / 4)
    # each prediction is alone in its bin: 0.9, 0.8 and 0.7 are right, 0.6 is wrong
    assert found["calibration"]["error"] == pytest.approx((0.1 + 0.2 + 0.6 + 0.3) / 4)
    assert sum(one["count"] for one in found["calibration"]["bins"]) == 4


def test_agrees_with_scikit_learn():
    reference = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    labels = random.integers(0, 5, 400)
    logits = random.normal(size=(400, 5)) + 2 * np.eye(5)[labels]
    found = metrics.classification(logits, labels, tuple("abcde"))
    predicted = logits.argmax(1)
    assert found["confusion"] == reference.confusion_matrix(labels, predicted).tolist()
    assert found["macro_f1"] == pytest.approx(reference.f1_score(labels, predicted, average="macro"))
    assert found["macro_recall"] == pytest.approx(reference.recall_score(labels, predicted, average="macro"))
    assert found["loss"] == pytest.approx(reference.log_loss(labels, np.exp(metrics.log_softmax(logits))))


def test_a_class_that_is_never_predicted_and_one_without_samples():
    found = metrics.classification(np.array([[5.0, 0, 0], [5.0, 0, 0]]), np.array([0, 1]), ("a", "b", "c"))
    assert [one["f1"] for one in found["per_class"]] == [pytest.approx(2 / 3), 0.0, 0.0]
    assert found["macro_recall"] == 0.5  # of the two classes that have samples


def test_large_scores_do_not_overflow():
    found = metrics.classification(np.array([[1e4, 0.0]], np.float32), np.array([1]), ("a", "b"))
    assert found["loss"] == pytest.approx(1e4)


def test_perfect_confidence_falls_into_the_last_bin():
    found = metrics.calibration(np.array([[1.0, 0.0]]), np.array([0]))
    assert found["error"] == 0.0
    assert [one["count"] for one in found["bins"]] == [0] * 9 + [1]


def test_confusion_matrices_of_parts_add_up():
    labels, predicted = np.array([0, 1, 2, 1]), np.array([0, 2, 2, 1])
    whole = metrics.confusion(labels, predicted, 3)
    parts = metrics.confusion(labels[:2], predicted[:2], 3) + metrics.confusion(labels[2:], predicted[2:], 3)
    assert (whole == parts).all()
