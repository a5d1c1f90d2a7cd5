"""What a run leaves: `metrics.json`, whose schema `metrics.py` documents, and `report.html`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import class_sections, metrics, sections
from .metrics import SCHEMA, told
from .pictures import data_uri
from .report import Page

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .jobs import History

__all__ = ["SCHEMA", "measure", "report", "told"]

TITLE = "Your Project"
CURVES = "Training loss is the mean over an epoch in which the network still improves, so it can be higher."
WORST = 24  # mistakes that are shown


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these samples."""
    classes = engine.card.classes
    return {
        "classes": list(classes),
        **metrics.classification(engine.outputs(part), part.labels, classes),
    }


def report(
    content: dict[str, Any], engine: TaskEngine, test: Split, history: History, others: dict[str, History]
) -> Page:
    """Return the report of a run; `history` and `others`, what was trained beside it, may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    class_sections.headline(page, content)
    if others:
        sections.comparison(page, content, class_sections.COMPARED, history, others)
    sections.facts(page, content)
    sections.training_curves(page, history, CURVES)
    sections.trials(page, content)
    class_sections.per_class(page, content)
    class_sections.calibration(page, content)
    shares = np.exp(metrics.log_softmax(engine.outputs(test)))
    if content["data"] == "xor":
        points(page, test, shares)
    else:
        worst_mistakes(page, test, shares, engine.card.classes)
    return page


def points(page: Page, test: Split, shares: np.ndarray) -> None:
    """Add what the network says of each point."""
    page.heading("The four points", "They are all that there is: nothing here was kept from the network.")
    rows = [
        (", ".join(map(str, row.tolist())), str(label), float(share))
        for row, label, share in zip(test.inputs, test.labels.tolist(), shares[:, 1], strict=True)
    ]
    page.table(("inputs", "XOR", "share of 1"), rows)


def worst_mistakes(page: Page, test: Split, shares: np.ndarray, names: tuple[str, ...]) -> None:
    """Add the digits on which the network was wrong and most sure of it."""
    predicted, (wrong, worst) = shares.argmax(1), metrics.worst(shares, test.labels, WORST)
    page.heading("Worst mistakes", f"{wrong} of {len(test)} test samples are classified wrongly.")
    side = math.isqrt(test.inputs.shape[1])
    page.pictures(
        [
            (
                data_uri(test.inputs[at].reshape(side, side)),
                f"{names[test.labels[at]]} → {names[predicted[at]]} {shares[at, predicted[at]]:.0%}",
            )
            for at in worst
        ]
    )
