"""What often goes wrong with tables: each fault that the README names, and what it does."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from your_project import data, features, ranking
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


def line(known: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return what least squares through known rows tells of others: a network of one layer, with `mse`."""
    known, asked = (np.column_stack([rows, np.ones(len(rows))]) for rows in (known, asked))
    told: np.ndarray = asked @ np.linalg.lstsq(known, values, rcond=None)[0]
    return told


def test_categories_as_numbers_lie_about_distances() -> None:
    """Occupations as 0, 1, 2, … in the order of their names tell next to nothing of an income."""
    rows = data.load(Settings())
    at = [feature.name for feature in rows.features].index("occupation")
    known, asked = rows.train.columns[:, at].astype(int), rows.test.columns[:, at].astype(int)
    apart = np.eye(len(rows.features[at].categories) + 1)  # a column for each, as an embedding has it
    rich = rows.train.labels.astype(float)
    codes = line(known[:, None], rich, asked[:, None])
    each = line(apart[known], rich, apart[asked])
    assert ranking.roc_auc(codes, rows.test.labels == 1) < 0.58  # 0.5 is chance
    assert ranking.roc_auc(each, rows.test.labels == 1) > 0.68


def test_one_unit_with_squared_error_is_worse_than_a_unit_a_class() -> None:
    """1024-1024-1 with a linear unit and `mse` on the classes' numbers: their order is an accident.

    Three wines are numbered in each possible order. A unit a class does not know of any order.
    """
    rows = data.load(Settings(data="wine"))
    mean, std = rows.train.columns.mean(0), rows.train.columns.std(0)
    known, asked = (rows.train.columns - mean) / std, (rows.test.columns - mean) / std
    each = line(known, np.eye(3)[rows.train.labels], asked).argmax(1)
    right = (each == rows.test.labels).mean()
    single = []
    for order in permutations(range(3)):
        told = line(known, np.array(order, float)[rows.train.labels], asked)
        single.append((np.clip(told.round(), 0, 2) == np.array(order)[rows.test.labels]).mean())
    assert min(single) < right - 0.15
    assert max(single) < right
