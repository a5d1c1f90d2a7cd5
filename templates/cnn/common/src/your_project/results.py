"""What a run leaves: `metrics.json`, whose schema `metrics.py` documents, and `report.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import metrics, sections
from .report import Page
from .thumbnails import data_uri

if TYPE_CHECKING:
    from .data import Split
    from .engine import ImageEngine
    from .jobs import History

TITLE = "Your Project"
CURVES = (
    "Training loss is measured with augmentation and label smoothing, where they are on,"
    " validation loss without: it may well be the lower of the two."
)
WORST = 24  # mistakes that are shown


def measure(engine: ImageEngine, test: Split) -> dict[str, Any]:
    """Return how good a network is on test images, and on what it was measured."""
    card = engine.card
    return {
        "framework": engine.framework,
        "framework_version": engine.version,
        "device": engine.device,
        "precision": engine.precision,
        "model": card.model,
        "parameters": engine.parameters,
        "classes": list(card.classes),
        **metrics.classification(engine.logits(test.images), test.labels, card.classes),
    }


def report(
    content: dict[str, Any], engine: ImageEngine, test: Split, history: History, scratch: History
) -> Page:
    """Return the report of a run; `history` and `scratch` may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    sections.headline(page, content)
    if content.get("scratch"):
        sections.comparison(page, content, history, scratch)
    sections.facts(page, content)
    sections.training_curves(page, history, CURVES)
    sections.per_class(page, content)
    sections.calibration(page, content)
    worst_mistakes(page, engine, test)
    return page


def worst_mistakes(page: Page, engine: ImageEngine, test: Split) -> None:
    """Add the images on which the network was wrong and most sure of it."""
    shares = np.exp(metrics.log_softmax(engine.logits(test.images)))
    predicted = shares.argmax(1)
    wrong = np.flatnonzero(predicted != test.labels)
    worst = wrong[np.argsort(-shares[wrong, predicted[wrong]], kind="stable")][:WORST]
    page.heading("Worst mistakes", f"{len(wrong)} of {len(test)} test images are classified wrongly.")
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


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line."""
    line = (
        f"accuracy {content['accuracy']:.4f}  macro F1 {content['macro_f1']:.4f}  loss {content['loss']:.4f}"
    )
    if baseline := content.get("baseline"):
        line += f"  ({baseline['name']}: {baseline['accuracy']:.4f})"
    return line
