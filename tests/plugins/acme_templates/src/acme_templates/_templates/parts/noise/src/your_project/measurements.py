"""Measurements of a line, as an instrument would give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Measurements:
    """Pairs of numbers: shape (n,) each."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def measure(count: int, *, slope: float, offset: float, noise: float, seed: int) -> Measurements:
    """So many points of a line between -1 and 1, off by normal noise of that deviation."""
    random = np.random.default_rng(seed)
    x = random.uniform(-1.0, 1.0, count)
    return Measurements(x=x, y=slope * x + offset + random.normal(0.0, noise, count))
