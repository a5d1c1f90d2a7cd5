"""Metrics of a regression against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from your_project import regression_metrics as metrics


def test_all_numbers_of_a_small_case():
    found = metrics.regression(np.array([1.0, 2.0, 3.0, 8.0]), np.array([1.0, 3.0, 3.0, 5.0]), 2.0)
    assert found == {
        "mae": 1.0,  # of 0, 1, 0, 3
        "rmse": pytest.approx(2.5**0.5),
        "r2": pytest.approx(1 - 10 / 8),  # the mean is 3, the deviations 2, 0, 0, 2
        "median_error": 0.5,
        "p90_error": pytest.approx(2.4),
        "largest_error": 3.0,
        "bias": 0.5,
        "loss": pytest.approx(2.5 / 4),
    }


def test_agrees_with_scikit_learn():
    reference = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    true = random.normal(size=300) * 7 + 20
    predicted = true + random.normal(size=300)
    found = metrics.regression(predicted[:, None], true)
    assert found["mae"] == pytest.approx(reference.mean_absolute_error(true, predicted))
    assert found["rmse"] == pytest.approx(reference.root_mean_squared_error(true, predicted))
    assert found["r2"] == pytest.approx(reference.r2_score(true, predicted))
    assert found["median_error"] == pytest.approx(reference.median_absolute_error(true, predicted))


def test_columns_and_rows_are_never_broadcast():
    column, row = np.zeros((4, 1)), np.arange(4.0)
    assert metrics.regression(column, row)["mae"] == 1.5  # and not the mean of 4 x 4 differences
    for wrong in (np.zeros((4, 2)), np.zeros((2, 2, 2)), np.zeros(3), np.float64(1.0)):
        with pytest.raises(ValueError, match=r"are needed|predictions for"):
            metrics.regression(np.asarray(wrong), row)


def test_targets_that_are_all_equal_have_no_variance_to_explain():
    found = metrics.regression(np.array([1.0, 2.0]), np.array([2.0, 2.0]))
    assert (found["r2"], found["mae"]) == (None, 0.5)
    assert metrics.told(found) == "MAE 0.5  RMSE 0.7071"


def test_large_numbers_keep_their_digits():
    true = np.array([1e8, 1e8 + 1], np.float64)
    assert metrics.regression(true + 0.25, true)["mae"] == pytest.approx(0.25)


def test_the_headline_names_every_baseline():
    mean = {"name": "mean", "mae": 3.0}
    content = {
        "mae": 1.0,
        "rmse": 2.0,
        "r2": 0.5,
        "baseline": {"name": "ridge", "mae": 1.5, "beside": [mean]},
    }
    assert metrics.told(content) == "MAE 1  RMSE 2  R² 0.500  (ridge: MAE 1.5, mean: MAE 3)"
