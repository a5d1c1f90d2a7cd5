"""What often goes wrong with tables of numbers, on real rows; more of it is in the frameworks' tests."""

from __future__ import annotations

import numpy as np
import pytest

from your_project import closed_form, data, polynomial
from your_project.data import Split, standard
from your_project.settings import Settings


@pytest.fixture(scope="module")
def cars():
    return data.load(Settings())


@pytest.fixture(scope="module")
def error(cars):
    """Return what tells the mean absolute error of least squares on rows that are standardised by others."""
    solution = closed_form.solve(*closed_form.standardised(cars))

    def error(part: Split, by: Split) -> float:
        mean, std = standard(by.features)
        features = (part.features.astype(np.float64) - mean) / std
        predicted = (features @ solution.weights + solution.bias) * cars.target_std + cars.target_mean
        return float(np.abs(predicted - part.targets[:, 0]).mean())

    return error


def test_standardised_by_the_test_rows_themselves_heavy_cars_look_average(cars, error):
    """Normalisation with the test rows' own statistics takes away what makes them differ from the others."""
    weight = cars.test.features[:, cars.features.index("weight")]
    for kind in (cars.test.take(weight > np.median(weight)), cars.test.take(weight <= np.median(weight))):
        right = error(kind, cars.train)
        assert right < 4
        assert error(kind, kind) > 1.3 * right


def test_a_row_standardised_by_itself_is_the_mean_whatever_it_is(cars, error):
    alone = [cars.test.take(slice(at, at + 1)) for at in range(len(cars.test))]
    own = np.mean([error(row, row) for row in alone])
    assert own == pytest.approx(
        np.abs(cars.test.targets - cars.target_mean).mean()
    )  # no car told from another
    assert own > 2 * np.mean([error(row, cars.train) for row in alone])


def test_features_that_are_not_scaled_make_gradient_descent_explode(cars):
    features, targets = closed_form.standardised(cars)

    def last_loss(rows: np.ndarray) -> float:
        weights = np.zeros(rows.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(100):
                weights -= 0.01 * 2 * rows.T @ (rows @ weights - targets) / len(rows)
            return float(((rows @ weights - targets) ** 2).mean())

    assert last_loss(features) < 0.3
    assert not last_loss(cars.train.features.astype(np.float64)) < 1e100


def test_a_polynomial_shoots_away_where_it_was_never_corrected(cars):
    features, targets = closed_form.standardised(cars)
    solution = closed_form.solve(polynomial.terms(features, 3), targets)
    asked = (
        cars.test.features.astype(np.float64) * 2 - cars.mean
    ) / cars.std  # cars twice as heavy, and so on
    told = polynomial.terms(asked, 3) @ solution.weights + solution.bias
    assert np.abs(told).max() > 5 * np.ptp(targets)
