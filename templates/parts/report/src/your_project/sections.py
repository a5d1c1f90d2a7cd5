"""Sections that every report has, made from `metrics.json` and the history of the epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .drawing import Curve, curves, dots

if TYPE_CHECKING:
    from .report import Page

Metrics = dict[str, Any]
History = list[dict[str, Any]]


def facts(page: Page, metrics: Metrics) -> None:
    """Add what was trained on what."""
    samples, classes = metrics["samples"], metrics.get("classes", ())
    page.heading("What was done")
    rows = [
        ("data", metrics["data"] + (f", {len(classes)} classes" if classes else "")),
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
    """Add what was measured over the epochs, and what one must know to read it."""
    if not history:
        return
    page.heading("Training")
    page.charts(
        curves(
            "loss",
            [_curve(history, "train_loss", "training"), _curve(history, "validation_loss", "validation")],
        ),
        *(curves(spelt(key), [_curve(history, key, "validation")]) for key in measured(history)),
        curves("learning rate", [_curve(history, "learning_rate", "learning rate")]),
    )
    if note:
        page.note(note)


def comparison(
    page: Page, metrics: Metrics, compared: dict[str, str], history: History, others: dict[str, History]
) -> None:
    """Set fine-tuning beside what was trained on the same samples; `compared` names measures.

    The baseline stands there too, with the measures that it has.
    """
    names = {name: "from scratch" if name == "scratch" else name for name in others}
    page.heading(
        "Fine-tuned or from scratch",
        f"The same {metrics['samples']['training']} training samples and epochs;"
        f" fine-tuning starts from the network of {metrics['base']}.",
    )
    rows: list[tuple[str | float, ...]] = [
        (title, float(metrics[key]), *(float(metrics[name][key]) for name in names))
        for key, title in compared.items()
    ]
    simple = metrics.get("baseline") or {}
    if simple.keys() & compared.keys():
        known = [float(simple[key]) if key in simple else "" for key in compared]
        rows = [(*row, one) for row, one in zip(rows, known, strict=True)]
        page.table(("", "fine-tuned", *names.values(), simple["name"]), rows)
    else:
        page.table(("", "fine-tuned", *names.values()), rows)
    page.charts(
        *(
            curves(
                spelt(key),
                [
                    _curve(history, key, "fine-tuned"),
                    *(_curve(others[name], key, title, dashed=True) for name, title in names.items()),
                ],
            )
            for key in ("validation_loss", *measured(history))
        )
    )


def trials(page: Page, metrics: Metrics) -> None:
    """Add what a search tried, the best first; nothing for other jobs."""
    rows = metrics.get("trials")
    if not rows:
        return
    names = list(rows[0]["settings"])
    page.heading("Trials", "Chosen by the validation loss; the test data was looked at once, for the best.")
    page.table(
        ("trial", *(name.replace("_", " ") for name in names), "validation loss", "epochs"),
        [
            (
                row["trial"],
                *(str(row["settings"][name]) for name in names),
                row.get("problem") or f"{row['validation_loss']:.4f}",
                str(row.get("epochs", "")),
            )
            for row in rows
        ],
    )
    numbers = [name for name in names if isinstance(rows[0]["settings"][name], float)]
    page.charts(
        *(
            dots(
                name.replace("_", " "),
                [(row["settings"][name], row["validation_loss"]) for row in rows],
                "validation loss",
            )
            for name in numbers
        )
    )


def measured(history: History) -> list[str]:
    """Return what was measured on the validation data beside the loss."""
    return [key for key in history[0] if key.startswith("validation_") and key != "validation_loss"]


def spelt(key: str) -> str:
    """Return the name of a measure as it is read."""
    return key.replace("_", " ")


def _curve(history: History, key: str, name: str, *, dashed: bool = False) -> Curve:
    points = [(row["epoch"] + 1, row[key]) for row in history if key in row]
    return Curve(name, points, dashed)
