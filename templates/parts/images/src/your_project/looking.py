"""Sections of a report that show what a network sees: where it looks, and what it took things for before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from .thumbnails import data_uri

if TYPE_CHECKING:
    from .data import Split
    from .report import Page

SHOWN = 2  # pictures of each class
WARM = np.array([255.0, 60.0, 0.0])  # the colour of the places that speak for a class
STRENGTH = 0.6  # share of it where they speak most


@runtime_checkable
class Looking(Protocol):
    """An engine that can tell where its network looks."""

    def heat(self, part: Split, classes: np.ndarray) -> np.ndarray | None:
        """Return float32 in 0..1 of shape (N, rows, columns), or None where it cannot tell."""


def heat_maps(page: Page, engine: Any, test: Split) -> None:
    """Add pictures of where the network looks when it says what it says; nothing where it cannot tell."""
    names = engine.card.classes
    chosen = [np.flatnonzero(test.labels == number)[:SHOWN] for number in range(len(names))]
    few = test.take(np.concatenate(chosen))
    said = engine.outputs(few).argmax(1)
    maps = engine.heat(few, said) if isinstance(engine, Looking) else None
    if maps is None:
        return
    page.heading(
        "Where it looks",
        "The warmer, the more a place speaks for the class that the network names (Grad-CAM). A network that"
        " looks beside the thing has learned something else: a background, a watermark.",
    )
    page.pictures(
        [
            (data_uri(warmed(image, heat)), f"{names[label]} → {names[number]}")
            for image, heat, label, number in zip(few.images, maps, few.labels, said, strict=True)
        ]
    )


def warmed(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return an image (height, width, channels) with a coarse map in 0..1 over it, uint8 in colour."""
    from PIL import Image  # only a report needs it

    height, width = image.shape[:2]
    coarse = Image.fromarray((heat * 255).astype(np.uint8))
    fine = np.asarray(coarse.resize((width, height), Image.Resampling.BILINEAR), np.float32)[..., None] / 255
    shares = STRENGTH * fine
    mixed: np.ndarray = image * (1 - shares) + WARM * shares
    return mixed.round().astype(np.uint8)


def before_and_after(page: Page, content: dict[str, Any]) -> None:
    """Add what an adapted network took each class for before, and how much of it it finds now."""
    if not (rows := content.get("before")):
        return
    # of the network as it is now, and of those that were trained beside it
    beside = {name: content[name] for name in ("probe", "scratch") if name in content}
    recall = [
        {row["class"]: row["recall"] for row in one["per_class"]} for one in (content, *beside.values())
    ]
    page.heading(
        "Before and after", "What the test images were to the network as it came, and are to it now."
    )
    page.table(
        ("class", "before", "how sure", "recall now", *(f"{name}'s recall" for name in beside)),
        [
            (
                row["class"],
                row["guess"],
                f"{row['share']:.0%}",
                *(f"{found[row['class']]:.0%}" for found in recall),
            )
            for row in rows
        ],
    )


def by_stage(page: Page, history: list[dict[str, Any]]) -> None:
    """Add how far each stage of a training came, where there were several."""
    names = list(dict.fromkeys(row["stage"] for row in history))
    if len(names) < 2:
        return
    page.heading("Stage by stage")
    rows = []
    for name in names:
        epochs = [row for row in history if row["stage"] == name]
        best = min(epochs, key=lambda row: row["validation_loss"])
        rows.append((name, len(epochs), float(best["validation_accuracy"]), float(best["validation_loss"])))
    page.table(("stage", "epochs", "validation accuracy", "validation loss"), rows)
