"""Charts as SVG text. Colours come from the page's style, so that they suit light and dark."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 40, 34
COLOURS = ("var(--a)", "var(--b)", "var(--c)", "var(--d)")


@dataclass(frozen=True)
class Curve:
    """A line through points."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between low and high, about evenly many."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    step = 10.0 ** math.floor(math.log10(span / most))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(step * at, 12) for at in range(first, math.floor(high / step + 1e-9) + 1)]


def curves(title: str, lines: Sequence[Curve], across: str = "epoch") -> str:
    """Draw lines over a common axis; points that are not finite are left out."""
    kept = [
        Curve(line.name, [(x, y) for x, y in line.points if math.isfinite(y)], line.dashed) for line in lines
    ]
    xs = [x for line in kept for x, _ in line.points] or [0.0, 1.0]
    ys = [y for line in kept for _, y in line.points] or [0.0, 1.0]
    frame = _Frame(min(xs), max(xs), min(ys), max(ys))
    drawn = [frame.axes(title, across)]
    for at, line in enumerate(kept):
        colour = COLOURS[at % len(COLOURS)]
        path = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in line.points)
        dash = ' stroke-dasharray="5 3"' if line.dashed else ""
        drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.8"{dash} points="{path}"/>')
        if len(line.points) == 1:  # a line through one point is invisible
            x, y = line.points[0]
            drawn.append(f'<circle cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="3" fill="{colour}"/>')
        drawn.append(_legend(at, line.name, colour))
    return _svg(WIDTH, HEIGHT, title, "".join(drawn))


def dots(title: str, points: Sequence[tuple[float, float]], up: str) -> str:
    """Draw points, their first number across and their second up; those that are not finite are left out."""
    kept = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)] or [(0.0, 0.0)]
    xs, ys = zip(*kept, strict=True)
    frame = _Frame(min(xs), max(xs), min(ys), max(ys))
    drawn = [frame.axes(f"{up} by {title}", title)]
    drawn += [
        f'<circle cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="3.5" fill="var(--a)">'
        f"<title>{x:g}: {y:.4g}</title></circle>"
        for x, y in kept
    ]
    return _svg(WIDTH, HEIGHT, title, "".join(drawn))


def reliability(title: str, bins: Sequence[dict[str, float]]) -> str:
    """Draw how often the network is right against how sure it is; on the diagonal it is honest."""
    frame = _Frame(0.0, 1.0, 0.0, 1.0)
    most = max((one["count"] for one in bins), default=0) or 1
    drawn = [frame.axes(title, "confidence (fuller bars hold more samples)")]
    for one in bins:
        if not one["count"]:
            continue
        left, right, top = frame.x(one["low"]) + 1, frame.x(one["high"]) - 1, frame.y(one["accuracy"])
        strength = 0.25 + 0.75 * math.sqrt(one["count"] / most)
        drawn.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{frame.y(0) - top:.1f}"'
            f' fill="var(--a)" opacity="{strength:.2f}"><title>{one["count"]:.0f} samples, accuracy'
            f" {one['accuracy']:.3f}, confidence {one['confidence']:.3f}</title></rect>"
        )
    ends = f'x1="{frame.x(0):.1f}" y1="{frame.y(0):.1f}" x2="{frame.x(1):.1f}" y2="{frame.y(1):.1f}"'
    drawn.append(f'<line {ends} stroke="var(--faint)" stroke-dasharray="4 3"/>')
    return _svg(WIDTH, HEIGHT, title, "".join(drawn))


def matrix(title: str, counts: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Draw a confusion matrix: rows are true classes, columns predicted ones, shades shares of the row."""
    size = 34 if len(names) <= 20 else 14
    shown = [name if len(name) <= 14 else name[:13] + "…" for name in names]
    margin = 16 + 7 * max(map(len, shown))
    span = margin + size * len(names)
    drawn = []
    for row, (name, line) in enumerate(zip(names, counts, strict=True)):
        middle = margin + size * row + size // 2 + 4
        label = html.escape(shown[row])
        drawn.append(f'<text x="{margin - 6}" y="{middle}" text-anchor="end">{label}</text>')
        turn = f' transform="rotate(-90 {middle} {margin - 6})"' if len(label) > 2 else ""
        anchor = "" if turn else ' text-anchor="middle" dx="-4"'
        drawn.append(f'<text x="{middle}" y="{margin - 6}"{anchor}{turn}>{label}</text>')
        for column, count in enumerate(line):
            told = f"{name} → {names[column]}: {count}"
            drawn.append(_square(margin + size * column, margin + size * row, size, count, sum(line), told))
    return _svg(span + 8, span + 8, title, "".join(drawn))


def _square(x: int, y: int, size: int, count: int, total: int, told: str) -> str:
    """Draw one field of a matrix."""
    share = count / total if total else 0.0
    shade = 0.0 if not count else 0.12 + 0.75 * share
    field = (
        f'<rect x="{x}" y="{y}" width="{size - 1}" height="{size - 1}" fill="rgba(var(--heat), {shade:.2f})"'
        f' stroke="var(--line)"><title>{html.escape(told)}</title></rect>'
    )
    if not count or size < 20:
        return field
    ink = ' style="fill: var(--paper)"' if share > 0.5 else ""  # readable on a full field, light or dark
    place = f'x="{x + size // 2}" y="{y + size // 2 + 4}"'
    return field + f'<text {place} text-anchor="middle"{ink}>{count}</text>'


class _Frame:
    """Maps values to places on the drawing."""

    def __init__(self, x_low: float, x_high: float, y_low: float, y_high: float) -> None:
        margin = 0.5 if x_high == x_low else 0.0
        self.x_low, self.x_high = x_low - margin, x_high + margin
        margin = 0.05 * (y_high - y_low) if y_high > y_low else max(0.5 * abs(y_high), 0.5)
        whole = (y_low, y_high) == (0.0, 1.0)
        self.y_low, self.y_high = (0.0, 1.0) if whole else (y_low - margin, y_high + margin)

    def x(self, value: float) -> float:
        return LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.y_low) / (self.y_high - self.y_low) * (HEIGHT - TOP - BOTTOM)

    def axes(self, title: str, across: str) -> str:
        drawn = [f'<text x="{LEFT}" y="14" font-weight="600">{html.escape(title)}</text>']
        for value in ticks(self.y_low, self.y_high):
            y = self.y(value)
            drawn.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="var(--line)"/>'
            )
            drawn.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        for value in ticks(self.x_low, self.x_high, 8):
            place = f'x="{self.x(value):.1f}" y="{HEIGHT - BOTTOM + 15}"'
            drawn.append(f'<text {place} text-anchor="middle">{value:g}</text>')
        drawn.append(
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" class="faint">'
            f"{html.escape(across)}</text>"
        )
        return "".join(drawn)


def _legend(at: int, name: str, colour: str) -> str:
    x = LEFT + at * (WIDTH - LEFT) // 3
    return (
        f'<rect x="{x}" y="23" width="10" height="3" fill="{colour}"/>'
        f'<text x="{x + 14}" y="28">{html.escape(name)}</text>'
    )


def _svg(width: float, height: float, title: str, content: str) -> str:
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{html.escape(title)}">{content}</svg>'
    )
