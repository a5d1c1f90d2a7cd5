"""Asking a trained network what samples are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import metrics
from .data import Split
from .errors import ProjectError
from .evaluation import unseen_samples

if TYPE_CHECKING:
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings

SHOWN = 12  # test samples that `predict` looks at when it is given none
TOP = 3


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print what the network takes each sample for, and how sure it is."""
    classes = engine.card.classes
    if texts := request.settings.samples:
        samples, names = own_samples(texts, engine.card), list(texts)
    else:
        _, test = unseen_samples(request, run, engine.card)
        samples = test.take(slice(SHOWN))
        names = [f"test sample {at}: {classes[label]}" for at, label in enumerate(samples.labels.tolist())]
    shares = np.exp(metrics.log_softmax(engine.outputs(samples)))
    widest = max(map(len, names))
    for name, row in zip(names, shares, strict=True):
        best = np.argsort(-row, kind="stable")[:TOP]
        print(f"{name:<{widest}}  " + "  ".join(f"{classes[at]} {row[at]:6.1%}" for at in best))


def own_samples(texts: tuple[str, ...], card: ModelCard) -> Split:
    """Return the samples that were written out on the command line; their labels are unknown."""
    rows = np.stack([_features(text, card.features) for text in texts])
    return Split(rows, np.zeros(len(rows), np.int64))


def _features(text: str, count: int) -> np.ndarray:
    try:
        row = np.array([float(one) for one in text.split(",")], np.float32)
    except ValueError:
        raise ProjectError(f"--samples {text}: numbers with commas between them are needed") from None
    if len(row) != count or not np.isfinite(row).all():
        raise ProjectError(f"--samples {text}: the network takes {count} finite numbers, not {len(row)}")
    return row
