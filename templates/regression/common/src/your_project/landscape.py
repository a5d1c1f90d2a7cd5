"""The loss of a linear model over two of its weights, and the way that training took, as SVG text."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np

from .drawing import LEFT
from .scatter import Field, around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .scatter import Point

LINES = 9  # of equal loss
CORNERS = 72  # of the polygon that stands for an ellipse


def landscape(surface: dict[str, Any], way: Sequence[Point]) -> str:
    """Draw lines of equal loss about the closed-form solution, and the weights after each epoch.

    `surface` is what `closed_form.surface` returns. The other weights are at their best on the whole plane;
    those of the training arrive there only in the end, so its first points lie higher than the lines say.
    """
    best = (float(surface["best"][0]), float(surface["best"][1]))
    field = around([*way, best, (0.0, 0.0)], margin=0.2)
    lines = ellipses(surface, field)
    names = [html.escape(str(name)) for name in surface["features"]]
    drawn = [
        f'<polyline fill="none" stroke="var(--faint)" stroke-opacity="{0.35 + 0.5 / (at + 1):.2f}"'
        f' points="{field.path(points)}"><title>loss {loss:.4g}</title></polyline>'
        for at, (loss, points) in enumerate(lines)
    ]
    drawn.append(f'<polyline fill="none" stroke="var(--a)" stroke-width="1.8" points="{field.path(way)}"/>')
    drawn += [
        f'<circle cx="{field.x(x):.1f}" cy="{field.y(y):.1f}" r="2" fill="var(--a)">'
        f"<title>epoch {at}: {x:.3f}, {y:.3f}</title></circle>"
        for at, (x, y) in enumerate(way, start=1)
    ]
    drawn.append(
        f'<circle cx="{field.x(best[0]):.1f}" cy="{field.y(best[1]):.1f}" r="5" fill="none" stroke="var(--b)"'
        f' stroke-width="2.5"><title>closed form: {best[0]:.4f}, {best[1]:.4f}</title></circle>'
    )
    drawn.append(
        f'<text x="{LEFT}" y="30" class="faint">up: {names[1]}; blue: each epoch; ring: closed form</text>'
    )
    # all of a wide ellipse need not fit: what lies outside is cut off at the frame
    content = f'<g clip-path="url(#landscape)">{"".join(drawn)}</g>'
    clip = (
        f'<clipPath id="landscape"><rect x="{LEFT}" y="20" width="{field.x(field.high[0]) - LEFT:.0f}"'
        f' height="{field.y(field.low[1]) - 20:.0f}"/></clipPath>'
    )
    across = f"weight of {surface['features'][0]}"
    return field.drawing("loss over two weights", across, clip + content)


def ellipses(surface: dict[str, Any], field: Field) -> list[tuple[float, list[Point]]]:
    """Return lines of equal loss: the loss of each, and the corners of its ellipse, from the inside out.

    The loss is a quadratic form about its lowest point, so its lines are ellipses: a circle that the inverse
    root of the curvature stretches, most along the direction in which the loss hardly changes.
    """
    best, curvature = np.array(surface["best"]), np.array(surface["curvature"])
    values, directions = np.linalg.eigh(curvature)
    # of two features that say the same the loss is a valley without end; draw it as a very long ellipse
    stretch = directions / np.sqrt(np.maximum(values, 1e-6 * values.max()))
    corners = np.array([(x, y) for x in (field.low[0], field.high[0]) for y in (field.low[1], field.high[1])])
    away = corners - best
    highest = float(np.einsum("ni,ij,nj->n", away, curvature, away).max())
    angles = np.linspace(0, 2 * np.pi, CORNERS + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    found = []
    for share in (
        np.arange(1, LINES + 1) / LINES
    ) ** 2:  # evenly far apart, as the loss grows with the square
        height = share * highest
        points = best[:, None] + np.sqrt(height) * stretch @ circle
        found.append((float(surface["lowest"] + height), [(float(x), float(y)) for x, y in points.T]))
    return found
