"""The line that was measured is found again."""

from __future__ import annotations

import numpy as np
import pytest

from your_project.measurements import measure
from your_project.train import fit, main


def test_the_line_is_found() -> None:
    points = measure(2000, slope=2.0, offset=-1.0, noise=0.1, seed=0)
    line = fit(points, 500)
    slope, offset = np.polyfit(points.x, points.y, 1)
    assert (line.slope, line.offset) == pytest.approx((slope, offset), abs=1e-6)


def test_the_program_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--steps", "200"])
    assert capsys.readouterr().out == "slope 2.003, offset -1.007\n"
