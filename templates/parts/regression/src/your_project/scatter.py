"""Clouds of points and histograms as SVG text, in the style of `drawing.py`."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .drawing import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]


@dataclass(frozen=True)
class Field:
    """The part of a plane that a drawing shows: values from `low` to `high`, across and up."""

    low: Point
    high: Point

    def x(self, value: float) -> float:
        """Return the place across, in pixels."""
        return LEFT + (value - self.low[0]) / (self.high[0] - self.low[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return the place down, in pixels."""
        share = (value - self.low[1]) / (self.high[1] - self.low[1])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def path(self, points: Sequence[Point]) -> str:
        """Return points as an SVG `points` attribute has them."""
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)

    def drawing(self, title: str, across: str, content: str) -> str:
        """Return axes, titles and content as an SVG element; `up` is told by the title."""
        drawn = [f'<text x="{LEFT}" y="14" font-weight="600">{html.escape(title)}</text>']
        for value in ticks(self.low[1], self.high[1]):
            y = self.y(value)
            drawn.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="var(--line)"/>'
                f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
            )
        for value in ticks(self.low[0], self.high[0], 8):
            place = f'x="{self.x(value):.1f}" y="{HEIGHT - BOTTOM + 15}"'
            drawn.append(f'<text {place} text-anchor="middle">{value:g}</text>')
        drawn.append(
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" class="faint">'
            f"{html.escape(across)}</text>"
        )
        return (
            f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            f' aria-label="{html.escape(title)}">{"".join(drawn)}{content}</svg>'
        )


def around(points: Sequence[Point], margin: float = 0.05) -> Field:
    """Return the field that holds all points, and a little more."""
    axes = [[value for value in axis if math.isfinite(value)] or [0.0] for axis in zip(*points, strict=True)]
    spans = [max(axis) - min(axis) or max(abs(max(axis)), 1.0) for axis in axes or ([0.0], [0.0])]
    lows = [min(axis) - margin * span for axis, span in zip(axes, spans, strict=True)]
    highs = [max(axis) + margin * span for axis, span in zip(axes, spans, strict=True)]
    return Field((lows[0], lows[1]), (highs[0], highs[1]))


def scatter(title: str, points: Sequence[Point], across: str, line: tuple[Point, Point] | None = None) -> str:
    """Draw points, and a dashed line of reference; points that are not finite are left out."""
    kept = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    field = around([*kept, *(line or ())] or [(0.0, 0.0)])
    drawn = [
        f'<circle cx="{field.x(x):.1f}" cy="{field.y(y):.1f}" r="2.5" fill="var(--a)" opacity="0.55">'
        f"<title>{x:.4g}: {y:.4g}</title></circle>"
        for x, y in kept
    ]
    if line:
        drawn.append(
            f'<polyline fill="none" stroke="var(--b)" stroke-dasharray="5 3" points="{field.path(line)}"/>'
        )
    return field.drawing(title, across, "".join(drawn))


def histogram(title: str, values: Sequence[float], across: str, bins: int = 24) -> str:
    """Draw how often values lie where; those that are not finite are left out."""
    kept = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(kept), max(kept)
    width = (high - low) / bins or 1.0
    counts = [0] * bins
    for value in kept:
        counts[min(int((value - low) / width), bins - 1)] += 1
    field = Field((low, 0.0), (low + width * bins, max(counts) * 1.05))
    drawn = []
    for at, count in enumerate(counts):
        left, right, top = field.x(low + width * at), field.x(low + width * (at + 1)), field.y(count)
        drawn.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(right - left - 1, 0.5):.1f}"'
            f' height="{field.y(0) - top:.1f}" fill="var(--a)"><title>{count} from {low + width * at:.4g} to'
            f" {low + width * (at + 1):.4g}</title></rect>"
        )
    return field.drawing(f"{title}: how many", across, "".join(drawn))
