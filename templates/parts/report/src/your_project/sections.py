"""Sections that every classifier's report has, made from `metrics.json` and the history of the epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .drawing import Curve, curves, matrix, reliability

if TYPE_CHECKING:
    from .report import Page

Metrics = dict[str, Any]
History = list[dict[str, Any]]


def headline(page: Page, metrics: Metrics) -> None:
    """Add the numbers that one looks for first."""
    tiles = {
        "test accuracy": f"{metrics['accuracy']:.2%}",
        "macro F1": f"{metrics['macro_f1']:.4f}",
        "macro recall": f"{metrics['macro_recall']:.4f}",
        "calibration error": f"{metrics['calibration']['error']:.3f}",
    }
    if metrics.get("seconds"):
        tiles["training"] = f"{metrics['seconds']:.0f} s"
    if baseline := metrics.get("baseline"):
        tiles[baseline["name"]] = f"{baseline['accuracy']:.2%}"
    page.tiles(tiles)


def facts(page: Page, metrics: Metrics) -> None:
    """Add what was trained on what."""
    samples = metrics["samples"]
    page.heading("What was done")
    rows = [
        ("data", f"{metrics['data']}, {len(metrics['classes'])} classes"),
        (
            "samples",
            f"{samples['training']} training, {samples['validation']} validation, {samples['test']} test",
        ),
        ("network", f"{metrics['model']}, {metrics['parameters']:,} parameters"),
        ("framework", f"{metrics['framework']} {metrics['framework_version']}"),
        ("device", f"{metrics['device']}, {metrics['precision']}"),
    ]
    if metrics.get("epochs"):
        rows.append(("epochs", f"{metrics['epochs']}, the best was {metrics['best_epoch']}"))
    page.table(("", ""), rows)


def training_curves(page: Page, history: History, note: str = "") -> None:
    """Add loss, accuracy and learning rate over the epochs, and what one must know to read them."""
    if not history:
        return
    page.heading("Training")
    page.charts(
        curves(
            "loss",
            [_curve(history, "train_loss", "training"), _curve(history, "validation_loss", "validation")],
        ),
        curves("accuracy", [_curve(history, "validation_accuracy", "validation")]),
        curves("learning rate", [_curve(history, "learning_rate", "learning rate")]),
    )
    if note:
        page.note(note)


def comparison(page: Page, metrics: Metrics, tuned: History, scratch: History) -> None:
    """Set fine-tuning beside training from scratch with the same samples and epochs."""
    other = metrics["scratch"]
    page.heading(
        "Fine-tuned or from scratch",
        f"The same {metrics['samples']['training']} training samples and epochs;"
        f" fine-tuning starts from the network of {metrics['base']}.",
    )
    names = {
        "accuracy": "test accuracy",
        "macro_f1": "macro F1",
        "macro_recall": "macro recall",
        "loss": "test loss",
    }
    rows = [(names[key], float(metrics[key]), float(other[key])) for key in names]
    page.table(("", "fine-tuned", "from scratch"), rows)
    pairs = (("validation_loss", "validation loss"), ("validation_accuracy", "validation accuracy"))
    page.charts(
        *(
            curves(
                title, [_curve(tuned, key, "fine-tuned"), _curve(scratch, key, "from scratch", dashed=True)]
            )
            for key, title in pairs
        )
    )


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


def _curve(history: History, key: str, name: str, *, dashed: bool = False) -> Curve:
    points = [(row["epoch"] + 1, row[key]) for row in history if key in row]
    return Curve(name, points, dashed)
