"""Fit a line to measurements by gradient descent."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from .measurements import Measurements, measure


@dataclass(frozen=True)
class Line:
    """What is learned."""

    slope: float = 0.0
    offset: float = 0.0


def step(line: Line, points: Measurements, rate: float) -> Line:
    """One step against the gradient of the mean squared error."""
    error = line.slope * points.x + line.offset - points.y
    return Line(
        slope=line.slope - rate * 2.0 * float((error * points.x).mean()),
        offset=line.offset - rate * 2.0 * float(error.mean()),
    )


def fit(points: Measurements, steps: int, rate: float = 0.3) -> Line:
    """The line after so many steps."""
    line = Line()
    for _ in range(steps):
        line = step(line, points, rate)
    return line


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    chosen = parser.parse_args(arguments)
    points = measure(500, slope=2.0, offset=-1.0, noise=0.1, seed=0)
    line = fit(points, chosen.steps)
    print(f"slope {line.slope:.3f}, offset {line.offset:.3f}")


if __name__ == "__main__":
    main()
