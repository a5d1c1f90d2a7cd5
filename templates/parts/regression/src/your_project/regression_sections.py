"""Sections that every regression's report has, made from `metrics.json` and the predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .scatter import histogram, scatter

if TYPE_CHECKING:
    from .report import Page

Metrics = dict[str, Any]

#: measures by which networks are compared, and their names
COMPARED = {"mae": "mean absolute error", "rmse": "root mean squared error", "median_error": "median error"}
MOST_POINTS = 1000  # more make the page heavy, not clearer


def headline(page: Page, metrics: Metrics) -> None:
    """Add the numbers that one looks for first."""
    tiles = {
        "mean absolute error": f"{metrics['mae']:.4g}",
        "root mean squared error": f"{metrics['rmse']:.4g}",
        "R²": "-" if metrics["r2"] is None else f"{metrics['r2']:.3f}",
        "median error": f"{metrics['median_error']:.4g}",
    }
    if metrics.get("seconds"):
        tiles["training"] = f"{metrics['seconds']:.0f} s"
    page.tiles(tiles)


def baselines(page: Page, metrics: Metrics) -> None:
    """Set the network beside simple models on the same test samples."""
    if not (baseline := metrics.get("baseline")):
        return
    page.heading("Beside simple models", "What a network must beat to be worth its trouble.")
    compared: list[Metrics] = [
        {"name": f"network ({metrics['model']})", **metrics},
        baseline,
        *baseline.get("beside", ()),
    ]
    page.table(
        ("", "mean absolute error", "root mean squared error", "R²"),
        [(str(one["name"]), *(_number(one[key]) for key in ("mae", "rmse", "r2"))) for one in compared],
    )


def predictions(page: Page, predicted: np.ndarray, true: np.ndarray, target: str) -> None:
    """Add predicted against true values, and how the errors lie. Both have the shape (N,)."""
    page.heading(
        "Predicted and true",
        "On the dashed line a prediction is right. Errors should lie evenly about 0: a bend or a fan in them"
        " is something that the network has not learned.",
    )
    kept = np.linspace(0, len(true) - 1, min(len(true), MOST_POINTS)).round().astype(int)
    predicted, true = predicted[kept].astype(float), true[kept].astype(float)
    error = predicted - true
    low, high = float(min(predicted.min(), true.min())), float(max(predicted.max(), true.max()))
    page.charts(
        scatter(
            f"predicted by true {target}",
            list(zip(true.tolist(), predicted.tolist(), strict=True)),
            f"true {target}",
            line=((low, low), (high, high)),
        ),
        scatter(
            f"error by predicted {target}",
            list(zip(predicted.tolist(), error.tolist(), strict=True)),
            f"predicted {target}",
            line=((float(predicted.min()), 0.0), (float(predicted.max()), 0.0)),
        ),
        histogram("errors", error.tolist(), "predicted - true"),
    )


def largest_errors(page: Page, rows: list[tuple[str | float, ...]], head: tuple[str, ...]) -> None:
    """Add the samples that are predicted worst; `rows` are cells of a table."""
    page.heading("Largest errors", "Often a wrong number in the data, or samples unlike all the others.")
    page.table(head, rows)


def _number(value: float | None) -> str | float:
    return "-" if value is None else float(value)
