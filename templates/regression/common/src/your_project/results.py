"""What a run leaves: `metrics.json`, whose schema `regression_metrics.py` documents, and `report.html`.

Beside what stands there, a linear model's baseline holds `surface`: the loss about its lowest point along
two weights (see `closed_form.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import regression_metrics, regression_sections, sections
from .landscape import landscape
from .regression_metrics import SCHEMA
from .report import Page

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .jobs import History

__all__ = ["SCHEMA", "measure", "report", "told"]

TITLE = "Your Project"
CURVES = (
    "The loss is the mean squared error in units of the target's variance: 1 is what the mean of the training"
    " rows reaches. Training loss is measured while the weights still move, and with dropout where it is on."
)
WORST = 12  # rows that are shown


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these rows."""
    return {
        "target": engine.card.target,
        **regression_metrics.regression(engine.outputs(part), part.targets, engine.card.loss_std),
    }


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line, and another one where an equation does better than the network."""
    line = regression_metrics.told(content)
    baseline = content.get("baseline")
    if not baseline or baseline["mae"] >= content["mae"]:
        return line
    way = "more --shots" if content["job"] == "finetune" else "--model linear, a smaller --width, more rows"
    return f"{line}\n            {baseline['name']} does better here: take it, or try {way}"


def report(
    content: dict[str, Any], engine: TaskEngine, test: Split, history: History, others: dict[str, History]
) -> Page:
    """Return the report of a run; `history` and `others`, what was trained beside it, may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    predicted, true = engine.outputs(test)[:, 0], test.targets[:, 0]
    regression_sections.headline(page, content)
    regression_sections.baselines(page, content)
    if others:
        sections.comparison(page, content, regression_sections.COMPARED, history, others)
    sections.facts(page, content)
    sections.training_curves(page, history, CURVES)
    way(page, content, engine.noted(), history)
    sections.trials(page, content)
    regression_sections.predictions(page, predicted, true, engine.card.target)
    worst(page, test, predicted, true)
    return page


def way(page: Page, content: dict[str, Any], kept: dict[str, float], history: History) -> None:
    """Add the loss over two weights of a linear model, and the way that training took on it.

    `kept` are the two weights of the network that is tested: those of the epoch that did best on validation.
    """
    surface = (content.get("baseline") or {}).get("surface")
    points = [(row["weight_1"], row["weight_2"]) for row in history if "weight_1" in row]
    # an adapted network goes on with the scale of its base, on which this surface does not lie
    if not (surface and points) or content["job"] == "finetune":
        return
    page.heading(
        "The way to the closed form",
        "A linear model has one best solution, which an equation gives (the ring); training walks there down"
        " the slope. Lines join weights of equal loss. Long, narrow lines mean that the two features say"
        " nearly the same: the weights can be exchanged for one another, and the way is long.",
    )
    page.charts(landscape(surface, points))
    best, own = surface["best"], (kept["weight_1"], kept["weight_2"])
    page.table(
        ("weight of", "closed form", f"after training (epoch {content['best_epoch']}, which was kept)"),
        [(name, float(best[at]), own[at]) for at, name in enumerate(surface["features"])],
    )


def worst(page: Page, test: Split, predicted: np.ndarray, true: np.ndarray) -> None:
    """Add the rows that are predicted worst."""
    order = np.argsort(-np.abs(predicted - true), kind="stable")[:WORST]
    rows: list[tuple[str | float, ...]] = [
        (str(test.names[at]), float(true[at]), float(predicted[at]), float(predicted[at] - true[at]))
        for at in order
    ]
    regression_sections.largest_errors(page, rows, ("row", "true", "predicted", "error"))
