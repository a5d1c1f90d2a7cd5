"""Sections that every classifier's report has, made from `metrics.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .drawing import matrix, reliability

if TYPE_CHECKING:
    from .report import Page

Metrics = dict[str, Any]

#: measures by which networks are compared, and their names
COMPARED = {
    "accuracy": "test accuracy",
    "macro_f1": "macro F1",
    "macro_recall": "macro recall",
    "loss": "test loss",
}


def headline(page: Page, metrics: Metrics) -> None:
    """Add the numbers that one looks for first."""
    tiles = {
        "test accuracy": f"{metrics['accuracy']:.2%}",
        "always the commonest class": f"{metrics['majority']:.2%}",
        "macro F1": f"{metrics['macro_f1']:.4f}",
        "macro recall": f"{metrics['macro_recall']:.4f}",
        "calibration error": f"{metrics['calibration']['error']:.3f}",
    }
    if metrics.get("seconds"):
        tiles["training"] = f"{metrics['seconds']:.0f} s"
    if baseline := metrics.get("baseline"):
        tiles[baseline["name"]] = f"{baseline['accuracy']:.2%}"
    page.tiles(tiles)


def per_class(page: Page, metrics: Metrics) -> None:
    """Add the table of the classes and the confusion matrix."""
    page.heading("Classes")
    rows = [
        (one["class"], one["precision"], one["recall"], one["f1"], one["support"])
        for one in metrics["per_class"]
    ]
    page.table(("class", "precision", "recall", "F1", "samples"), rows)
    page.heading(
        "Confusion matrix", "A row is a true class, a column what the network said; point at a field."
    )
    page.charts(matrix("confusion matrix", metrics["confusion"], metrics["classes"]))


def calibration(page: Page, metrics: Metrics) -> None:
    """Add how far the network's confidence can be trusted."""
    error = metrics["calibration"]["error"]
    page.heading(
        "Calibration",
        "Of the samples on which the network is 80 % sure, 80 % should be right."
        f" On average it is off by {error:.1%}.",
    )
    page.charts(reliability("share that is right", metrics["calibration"]["bins"]))
