"""The terms of a polynomial of several variables: x, y, x², xy, y², … up to a degree."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement

import numpy as np

from .errors import ProjectError

MOST_TERMS = 2000


def factors(features: int, degree: int) -> np.ndarray:
    """Return for each term which columns are multiplied, int64, (terms, degree).

    Column 0 is a column of ones, which fills up the terms of lower degree; column 1 is the first feature.
    """
    count = math.comb(features + degree, degree) - 1
    if count > MOST_TERMS:
        raise ProjectError(
            f"--degree {degree}: a polynomial of {features} features has {count:,} terms, more than"
            f" {MOST_TERMS}; choose a lower degree, drop columns by --drop, or --model mlp"
        )
    rows = list(combinations_with_replacement(range(features + 1), degree))[1:]  # without the constant
    return np.array(rows, np.int64)


def terms(standardised: np.ndarray, degree: int) -> np.ndarray:
    """Return the terms of each row, float64, (N, terms); `standardised` features are (N, features)."""
    ones = np.ones((len(standardised), 1))
    columns = np.concatenate([ones, standardised.astype(np.float64)], axis=1)
    product: np.ndarray = columns[:, factors(standardised.shape[1], degree)].prod(2)
    return product
