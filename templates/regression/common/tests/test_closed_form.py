"""The solution of the normal equations, the terms of a polynomial, and their drawing."""

from __future__ import annotations

import re

import numpy as np
import pytest

from your_project import closed_form, data, polynomial
from your_project.errors import ProjectError
from your_project.landscape import ellipses, landscape
from your_project.scatter import Field
from your_project.settings import Settings


@pytest.fixture(scope="module")
def cars():
    return data.load(Settings())


@pytest.fixture
def surface(cars):
    found = closed_form.surface(cars)
    assert found is not None
    return found


def test_the_slopes_are_zero_at_the_solution(cars):
    features, targets = closed_form.standardised(cars)
    found = closed_form.solve(features, targets)
    error = features @ found.weights + found.bias - targets
    assert np.abs(features.T @ error / len(error)).max() < 1e-12
    assert found.loss == pytest.approx((error**2).mean())
    assert abs(found.bias) < 1e-12  # all is standardised


def test_the_surface_is_the_loss_itself(cars, surface):
    features, targets = closed_form.standardised(cars)
    found = closed_form.solve(features, targets)
    at = [cars.features.index(name) for name in surface["features"]]
    moved = found.weights.copy()
    step = np.array([0.3, -0.2])
    moved[at] += step
    loss = ((features @ moved + found.bias - targets) ** 2).mean()
    assert surface["lowest"] + step @ np.array(surface["curvature"]) @ step == pytest.approx(loss)


def test_lines_of_equal_loss_have_the_loss_that_is_told(surface):
    for loss, points in ellipses(surface, Field((-1.0, -1.0), (1.0, 1.0))):
        away = np.array(points) - surface["best"]
        found = surface["lowest"] + np.einsum("ni,ij,nj->n", away, np.array(surface["curvature"]), away)
        assert found == pytest.approx(np.full(len(points), loss))


def test_the_way_and_the_closed_form_are_drawn(surface):
    surface = {**surface, "features": ["a<b", "c"]}
    text = landscape(surface, [(0.0, 0.0), (-0.2, 0.1), (-0.4, 0.3)])
    assert len(re.findall(r"<title>epoch \d", text)) == 3
    assert "a&lt;b" in text
    assert "a<b" not in text
    assert "closed form" in text


def test_features_that_say_the_same_make_a_valley():
    surface = {
        "features": ["a", "b"],
        "best": [0.0, 0.0],
        "lowest": 1.0,
        "curvature": [[1.0, 1.0], [1.0, 1.0]],
    }
    assert "nan" not in landscape(surface, [(0.5, 0.5)])


def test_terms_of_a_polynomial():
    rows = np.array([[2.0, 3.0]])
    assert polynomial.terms(rows, 1).tolist() == [[2, 3]]
    assert polynomial.terms(rows, 2).tolist() == [[2, 3, 4, 6, 9]]
    assert sorted(polynomial.terms(rows, 3)[0].tolist()) == [2, 3, 4, 6, 8, 9, 12, 18, 27]


def test_a_polynomial_that_explodes_is_refused():
    with pytest.raises(ProjectError, match="--degree 5: a polynomial of 20 features has 53,129 terms"):
        polynomial.factors(20, 5)
