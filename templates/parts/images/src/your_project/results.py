"""What a run leaves: `metrics.json`, whose schema `metrics.py` documents, and `report.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import class_sections, looking, metrics, sections
from .metrics import SCHEMA, told
from .report import Page
from .thumbnails import data_uri

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .jobs import History

__all__ = ["SCHEMA", "measure", "report", "told"]

TITLE = "Your Project"
CURVES = (
    "Training loss is measured with augmentation and label smoothing, where they are on,"
    " validation loss without: it may well be the lower of the two."
)
WORST = 24  # mistakes that are shown


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these images."""
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
    looking.before_and_after(page, content)
    looking.by_stage(page, history)
    sections.facts(page, content)
    sections.training_curves(page, history, CURVES)
    sections.trials(page, content)
    class_sections.per_class(page, content)
    class_sections.calibration(page, content)
    worst_mistakes(page, engine, test)
    looking.heat_maps(page, engine, test)
    return page


def worst_mistakes(page: Page, engine: TaskEngine, test: Split) -> None:
    """Add the images on which the network was wrong and most sure of it."""
    shares = np.exp(metrics.log_softmax(engine.outputs(test)))
    predicted, (wrong, worst) = shares.argmax(1), metrics.worst(shares, test.labels, WORST)
    page.heading("Worst mistakes", f"{wrong} of {len(test)} test images are classified wrongly.")
    names = engine.card.classes
    page.pictures(
        [
            (
                data_uri(test.images[at]),
                f"{names[test.labels[at]]} → {names[predicted[at]]} {shares[at, predicted[at]]:.0%}",
            )
            for at in worst
        ]
    )
