"""What a run leaves: `metrics.json`, whose schema `metrics.py` documents, and `report.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import metrics, runs, sections
from .files import write_json
from .report import Page
from .thumbnails import data_uri

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Split
    from .engine import Engine

TITLE = "Your Project"
WORST = 24  # mistakes that are shown
History = list[dict[str, Any]]


def measure(engine: Engine, test: Split) -> dict[str, Any]:
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


def training_facts(history: History) -> dict[str, Any]:
    """Return how long training took; a resumed run counts all its epochs once."""
    losses = [row.get("validation_loss", float("nan")) for row in history]
    best = int(np.nanargmin(losses)) + 1 if np.isfinite(losses).any() else 0
    return {
        "epochs": len(history),
        "best_epoch": best,
        "seconds": round(sum(row.get("seconds", 0.0) for row in history), 3),
    }


def write(path: Path, content: dict[str, Any], page: Page) -> None:
    """Write report and metrics; the metrics come last, because they mark the run as finished."""
    page.write(path / "report.html")
    write_json(path / "metrics.json", {"schema": metrics.SCHEMA, **content, "finished": runs.now()})


def report(content: dict[str, Any], engine: Engine, test: Split, history: History, scratch: History) -> Page:
    """Return the report of a run; `history` and `scratch` may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    sections.headline(page, content)
    if content.get("scratch"):
        sections.comparison(page, content, history, scratch)
    sections.facts(page, content)
    sections.training_curves(page, history)
    sections.per_class(page, content)
    sections.calibration(page, content)
    worst_mistakes(page, engine, test)
    return page


def worst_mistakes(page: Page, engine: Engine, test: Split) -> None:
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
