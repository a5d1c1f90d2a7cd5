"""What a run leaves: `metrics.json`, whose schema `metrics.py` documents, and `report.html`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import class_sections, metrics, sections
from .metrics import SCHEMA
from .report import Page

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .jobs import History

__all__ = ["SCHEMA", "measure", "report", "told"]

TITLE = "Your Project"
CURVES = (
    "Training loss is measured with dropout, validation loss without: it may well be the lower of the two."
)
STRANGE = 0.5  # share of unknown tokens from which on it is told; among reviews of one language it is less
WORST = 24  # mistakes that are shown
SHOWN = 160  # characters of each


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these texts, and how much of them it could not read or did not know."""
    classes = engine.card.classes
    lengths = engine.tokenizer.lengths(part.texts)
    return {
        "classes": list(classes),
        **metrics.classification(engine.outputs(part), part.labels, classes),
        "cut_texts": float((lengths > engine.card.length).mean()),
        "unknown_tokens": engine.tokenizer.unknown(part.texts),
    }


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line, which says so where the linear model is better or texts strange."""
    line = metrics.told(content)
    notes = [words for words in (linear_wins(content), strange(content["unknown_tokens"])) if words]
    return f"{line}: {'; '.join(notes)}" if notes else line


def strange(unknown: float) -> str:
    """Return what to think of texts of whose tokens this share is unknown, "" of usual ones."""
    return f"{unknown:.0%} of the tokens are unknown to this network" if unknown >= STRANGE else ""


def linear_wins(content: dict[str, Any]) -> str:
    """Return what to think of a network that the linear model beats or equals, "" for any other.

    The standard error of a share p of n texts is the root of p(1-p)/n; of a difference of two it is larger by
    the root of 2 at most.
    """
    baseline, count = content.get("baseline"), content.get("samples", {}).get("test", 0)
    if not baseline or content["accuracy"] > baseline["accuracy"]:
        return ""
    ahead = baseline["accuracy"] - content["accuracy"]
    error = math.sqrt(2 * baseline["accuracy"] * (1 - baseline["accuracy"]) / max(count, 1))
    if ahead <= error:
        return "the linear model is as good, and takes a second: this network is not worth its trouble here"
    other = "" if content.get("job") == "finetune" else ", or a pretrained encoder (finetune)"
    return f"the linear model wins: use it{other}"


def report(
    content: dict[str, Any], engine: TaskEngine, test: Split, history: History, others: dict[str, History]
) -> Page:
    """Return the report of a run; `history` and `others`, what was trained beside it, may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    class_sections.headline(page, content)
    if verdict := linear_wins(content):
        page.note(f"{verdict[0].upper()}{verdict[1:]}.")
    if content["cut_texts"]:
        page.note(
            f"{content['cut_texts']:.0%} of the test texts are longer than {engine.card.length} tokens:"
            " what is beyond was not read."
        )
    if note := strange(content["unknown_tokens"]):
        page.note(f"{note}.")
    if others:
        sections.comparison(page, content, class_sections.COMPARED, history, others)
    sections.facts(page, content)
    sections.training_curves(page, history, CURVES)
    sections.trials(page, content)
    class_sections.per_class(page, content)
    class_sections.calibration(page, content)
    worst_mistakes(page, engine, test)
    return page


def worst_mistakes(page: Page, engine: TaskEngine, test: Split) -> None:
    """Add the texts on which the network was wrong and most sure of it."""
    shares = np.exp(metrics.log_softmax(engine.outputs(test)))
    predicted, (wrong, worst) = shares.argmax(1), metrics.worst(shares, test.labels, WORST)
    page.heading("Worst mistakes", f"{wrong} of {len(test)} test texts are classified wrongly.")
    names = engine.card.classes
    rows = [
        (
            shortened(test.texts[at]),
            names[test.labels[at]],
            names[predicted[at]],
            f"{shares[at, predicted[at]]:.0%}",
        )
        for at in worst
    ]
    page.table(("text", "is", "taken for", "sure of it"), rows)


def shortened(text: str) -> str:
    """Return a text, or its beginning."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
