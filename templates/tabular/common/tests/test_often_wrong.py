"""What often goes wrong with tables: each fault that the README names, and what it does."""

from __future__ import annotations

import numpy as np

from your_project import data, features
from your_project.settings import Settings


def nearest(known: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the label of the nearest known row for each row."""
    return labels[((asked[:, None] - known[None]) ** 2).sum(2).argmin(1)]


def test_measuring_with_the_test_rows_makes_noise_look_learned() -> None:
    """Columns without any meaning, of which those that fit best are chosen: honest is a half."""
    random = np.random.default_rng(0)
    columns, labels = random.normal(size=(120, 2000)), np.arange(120) % 2
    train, test = np.arange(60), np.arange(60, 120)

    def score(measured_on: np.ndarray) -> float:
        part, own = columns[measured_on], labels[measured_on]
        fit = abs(part[own == 1].mean(0) - part[own == 0].mean(0))
        best = np.argsort(-fit)[:20]
        centres = [columns[train][labels[train] == kind][:, best].mean(0) for kind in (0, 1)]
        told = nearest(np.array(centres), np.array([0, 1]), columns[test][:, best])
        return float((told == labels[test]).mean())

    assert abs(score(train) - 0.5) < 0.15
    assert score(np.concatenate([train, test])) > 0.75


def test_the_target_among_the_features_is_right_about_everything() -> None:
    rows = data.load(Settings(data="wine"))
    leaked = features.measure(rows.train.table)  # without leaving the target out
    assert "kind" in features.kinds(leaked)
    assert "kind" not in features.kinds(rows.features)
    told = features.encode(rows.test.table, leaked)[:, -1:]
    known = features.encode(rows.train.table, leaked)[:, -1:]
    assert (nearest(known, rows.train.labels, told) == rows.test.labels).all()
    honest = nearest(rows.train.columns, rows.train.labels, rows.test.columns)
    assert (honest == rows.test.labels).mean() < 0.9  # also because nothing is scaled


def test_categories_as_numbers_lie_about_distances() -> None:
    """Labels 0, 1, 2 say that green lies between blue and red; a line through them cannot tell green."""
    codes = np.repeat([0.0, 1.0, 2.0], 20)
    green = (codes == 1).astype(float)
    line = np.polyval(np.polyfit(codes, green, 1), codes)
    assert ((line > 0.5) == green).mean() < 0.7
    apart = np.eye(3)[codes.astype(int)]  # a column for each, as an embedding has it
    told = apart @ np.linalg.lstsq(apart, green, rcond=None)[0]
    assert ((told > 0.5) == green).all()


def test_softmax_over_one_unit_is_always_one() -> None:
    """The tutorials' last layer of one unit with softmax: whatever goes in, the answer is 1.0."""
    scores = np.array([[-3.0], [0.0], [250.0]])
    shares = np.exp(scores - scores.max(1, keepdims=True))
    assert (shares / shares.sum(1, keepdims=True) == 1).all()


def test_one_unit_with_squared_error_is_worse_than_a_unit_a_class() -> None:
    """What often goes wrong: 1024-1024-1 with a linear unit and mse on the classes' numbers 0, 1, 2.

    The classes' numbers are an order that is not there. With the middle class moved out of the middle, a line
    through two features cannot follow; a unit for each class can.
    """
    random = np.random.default_rng(0)
    centres = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
    labels = np.arange(300) % 3
    rows = np.column_stack([centres[labels] + random.normal(size=(300, 2)), np.ones(300)])
    one = rows @ np.linalg.lstsq(rows, labels.astype(float), rcond=None)[0]
    each = rows @ np.linalg.lstsq(rows, np.eye(3)[labels], rcond=None)[0]
    line = (np.clip(one.round(), 0, 2) == labels).mean()
    assert (each.argmax(1) == labels).mean() > line + 0.2
