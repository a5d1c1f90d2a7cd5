"""Curves, areas and thresholds, beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from your_project import ranking

SCORES = np.round(np.random.default_rng(0).normal(size=300), 1)  # rounded: many are equal
POSITIVE = np.random.default_rng(1).random(300) < 1 / (1 + np.exp(2 - SCORES))


def test_areas_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    assert ranking.roc_auc(SCORES, POSITIVE) == pytest.approx(metrics.roc_auc_score(POSITIVE, SCORES))
    told = metrics.average_precision_score(POSITIVE, SCORES)
    assert ranking.average_precision(SCORES, POSITIVE) == pytest.approx(told)


def test_several_classes_are_each_set_against_the_rest() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    logits = np.random.default_rng(2).normal(size=(200, 3))
    labels = np.random.default_rng(3).integers(0, 3, 200)
    told = metrics.roc_auc_score(labels, ranking.shares(logits), multi_class="ovr")
    assert ranking.areas(logits, labels)["roc_auc"] == pytest.approx(told)
    assert np.isnan(ranking.areas(logits, labels * 0)["roc_auc"])


@pytest.mark.parametrize(
    ("aim", "key"), [("f1", "f1"), ("balanced", "balanced_accuracy"), ("accuracy", "accuracy")]
)
def test_no_other_threshold_does_better(aim: str, key: str) -> None:
    shares = 1 / (1 + np.exp(-SCORES))
    chosen = ranking.at_threshold(shares, POSITIVE, ranking.choose(shares, POSITIVE, aim))[key]
    others = [ranking.at_threshold(shares, POSITIVE, cut)[key] for cut in np.linspace(0, 1, 201)]
    assert chosen == pytest.approx(max(others))


def test_without_both_kinds_there_is_nothing_to_choose() -> None:
    assert ranking.choose(SCORES, np.ones(300, bool), "f1") == 0.5


def test_accuracy_praises_who_finds_nobody() -> None:
    """What often goes wrong: of 100 customers 5 default, and a network that finds none is right for 95."""
    positive = np.arange(100) < 5
    blind = ranking.at_threshold(np.zeros(100), positive, 0.5)
    assert (blind["accuracy"], blind["recall"], blind["balanced_accuracy"]) == (0.95, 0, 0.5)
    assert ranking.roc_auc(np.zeros(100), positive) == 0.5
