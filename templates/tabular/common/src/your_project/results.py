"""What a run leaves: `metrics.json` and `report.html`.

`metrics.py` documents the schema "metrics/1". Added here:

    roc_auc             area under the ROC curve; of several classes the mean, each against the rest
    average_precision   area under the curve of precision and recall, likewise
    decision            (two classes) positive: the class to be found; threshold: from which share a row is
                        called so, chosen on the validation rows; and with it accuracy, precision, recall, f1,
                        balanced_accuracy, confusion (row = true: negative, positive)
    curves              (two classes) roc and precision_recall: points [across, up]
    baseline            has `roc_auc`, too
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import class_sections, metrics, ranking, sections
from .drawing import Curve, curves
from .metrics import SCHEMA
from .report import Page

if TYPE_CHECKING:
    from .data import Split
    from .engine import ModelCard, TaskEngine
    from .jobs import History

__all__ = ["SCHEMA", "measure", "report", "told"]

TITLE = "Your Project"
NOTE = (
    "Training loss is measured with dropout, of tabm on each of its members alone; validation loss without,"
    " on their mean: it may well be the lower of the two."
)
COMPARED = {**class_sections.COMPARED, "roc_auc": "ROC AUC", "average_precision": "average precision"}
WORST = 12  # mistakes that are shown
MOST_COLUMNS = 8  # of a row that is shown
LONGEST = 24  # characters of a value that is shown


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these rows."""
    card, logits = engine.card, engine.outputs(part)
    content = {
        "classes": list(card.classes),
        **metrics.classification(logits, part.labels, card.classes),
        **ranking.areas(logits, part.labels),
    }
    return content | decision(card, logits, part.labels, engine.threshold)


def decision(card: ModelCard, logits: np.ndarray, labels: np.ndarray, threshold: float) -> dict[str, Any]:
    """Return what two classes have beside; nothing for more, or where one of them is missing."""
    if not card.positive:
        return {}
    at = card.classes.index(card.positive)
    scores, positive = ranking.shares(logits)[:, at], labels == at
    if positive.all() or not positive.any():
        return {}
    precision, recall = ranking.precision_recall(scores, positive)
    return {
        "decision": {"positive": card.positive, **ranking.at_threshold(scores, positive, threshold)},
        "curves": {
            "roc": ranking.curve(*ranking.roc(scores, positive)),
            "precision_recall": ranking.curve(recall, precision),
        },
    }


def told(content: dict[str, Any]) -> str:
    """Return the headline as one line."""
    line = f"{metrics.right(content)}  ROC AUC {content['roc_auc']:.4f}  loss {content['loss']:.4f}"
    if made := content.get("decision"):
        line += f"  F1 {made['f1']:.4f} from {made['threshold']:.2f} on"
    if baseline := content.get("baseline"):
        line += f"  ({baseline['name']}: {baseline['accuracy']:.4f}, {baseline['roc_auc']:.4f})"
    return line


def report(
    content: dict[str, Any], engine: TaskEngine, test: Split, history: History, others: dict[str, History]
) -> Page:
    """Return the report of a run; `history` and `others`, what was trained beside it, may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    class_sections.headline(page, content)
    if others:
        sections.comparison(page, content, COMPARED, history, others)
    sections.facts(page, content)
    sections.training_curves(page, history, NOTE)
    sections.trials(page, content)
    ranked(page, content)
    class_sections.per_class(page, content)
    class_sections.calibration(page, content)
    worst_mistakes(page, engine, test)
    return page


def ranked(page: Page, content: dict[str, Any]) -> None:
    """Add how well the rows are put in order, and what the threshold makes of it."""
    rows = [("ROC AUC", content["roc_auc"]), ("average precision", content["average_precision"])]
    if baseline := content.get("baseline"):
        rows.append((f"ROC AUC of {baseline['name']}", baseline["roc_auc"]))
    page.heading("Order", "Whether the scores put the classes in order, whatever the threshold.")
    page.table(("", ""), rows)
    if "decision" not in content:
        return
    drawn, made = content["curves"], content["decision"]
    rare = sum(made["confusion"][1]) / np.sum(made["confusion"])
    page.charts(
        curves(
            "ROC", [_line("network", drawn["roc"]), _chance([[0, 0], [1, 1]])], "negatives called positive"
        ),
        curves(
            "precision by recall",
            [_line("network", drawn["precision_recall"]), _chance([[0, rare], [1, rare]])],
            "positives found",
        ),
    )
    page.heading(
        "Decision",
        f"A row is called {made['positive']} from a share of {made['threshold']:.3f} on. The threshold was"
        " chosen on the validation rows; the test rows had no part in it.",
    )
    names = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
    page.table(("measure", "value"), [(sections.spelt(name), float(made[name])) for name in names])


def worst_mistakes(page: Page, engine: TaskEngine, test: Split) -> None:
    """Add the rows on which the network was wrong and most sure of it."""
    told, names = ranking.shares(engine.outputs(test)), engine.card.classes
    predicted = told.argmax(1)
    wrong = np.flatnonzero(predicted != test.labels)
    worst = wrong[np.argsort(-told[wrong, predicted[wrong]], kind="stable")][:WORST]
    page.heading("Worst mistakes", f"{len(wrong)} of {len(test)} test rows are classified wrongly.")
    if not len(worst):
        return
    shown = [feature.name for feature in engine.card.features][:MOST_COLUMNS]
    cells = {name: test.table.take(worst).words(name) for name in shown}
    rows = [
        (
            str(test.table.lines[at]),
            f"{names[test.labels[at]]} → {names[predicted[at]]} {told[at, predicted[at]]:.0%}",
            *(str(cells[name][place])[:LONGEST] or "-" for name in shown),
        )
        for place, at in enumerate(worst.tolist())
    ]
    page.table(("line", "mistake", *shown), rows)


def _line(name: str, points: list[list[float]]) -> Curve:
    return Curve(name, [(x, y) for x, y in points])


def _chance(points: list[list[float]]) -> Curve:
    return Curve("chance", [(x, y) for x, y in points], dashed=True)
