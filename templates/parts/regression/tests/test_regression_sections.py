"""The sections of a regression's report."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from your_project import regression_metrics, regression_sections, scatter
from your_project.report import Page


def page(count: int = 30) -> str:
    true = np.linspace(0, 10, count)
    predicted = true + np.sin(true)
    mean = {"name": "mean", "mae": 2.5, "rmse": 2.9, "r2": -0.1}
    ridge = {"name": "ridge <b>", "mae": 0.9, "rmse": 1.0, "r2": None, "beside": [mean]}
    content = {"model": "mlp", "seconds": 12.3, "baseline": ridge}
    content |= regression_metrics.regression(predicted, true)
    made = Page("Report")
    regression_sections.headline(made, content)
    regression_sections.baselines(made, content)
    regression_sections.predictions(made, predicted, true, "price <i>")
    regression_sections.largest_errors(made, [("a", 1.0)], ("row", "error"))
    return made.html()


def test_it_says_what_one_looks_for():
    text = page()
    for words in ("mean absolute error", "12 s", "network (mlp)", "2.500", "Largest errors", "R²"):
        assert words in text
    assert text.count("<svg") == 3


def test_names_are_escaped():
    assert "price &lt;i&gt;" in page()
    assert "price <i>" not in page()
    assert "ridge <b>" not in page()


def test_of_many_samples_some_are_drawn():
    drawn = page(5000).count("<circle")
    assert drawn == 2 * regression_sections.MOST_POINTS


def test_points_are_drawn_within_the_frame():
    text = scatter.scatter("t", [(0.0, -5.0), (3.0, 9.0), (math.nan, 1.0), (1.0, math.inf)], "x")
    centres = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', text)]
    assert len(centres) == 2
    assert all(0 < x < scatter.WIDTH and 0 < y < scatter.HEIGHT for x, y in centres)
    (left, low), (right, high) = centres
    assert left < right
    assert low > high  # SVG counts downwards


@pytest.mark.parametrize("points", [[], [(2.0, 2.0)], [(math.nan, math.nan)]])
def test_next_to_nothing_can_be_drawn(points):
    assert "nan" not in scatter.scatter("t", points, "x").lower()


def test_a_histogram_holds_every_value_once():
    counts = re.findall(r"<title>(\d+) from", scatter.histogram("h", [0.0, 0.1, 1.0, 1.0, math.nan], "x"))
    assert sum(map(int, counts)) == 4
    assert counts[-1] == "2"
    assert sum(map(int, re.findall(r"<title>(\d+) from", scatter.histogram("h", [3.0], "x")))) == 1
