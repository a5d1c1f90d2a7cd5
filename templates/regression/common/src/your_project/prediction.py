"""Asking a trained network for the numbers of rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import encoding
from .data import Split, label_of
from .errors import ProjectError
from .evaluation import unseen_samples
from .files import find, replacing
from .tables import Kind, read_table

if TYPE_CHECKING:
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings

SHOWN = 12  # test rows that `predict` looks at when it is given none
OUTSIDE = 0.01  # of the range of a feature: so far beyond it a row may lie


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print what the network predicts for each row, and write it to a file where one is named."""
    card, settings = engine.card, request.settings
    if settings.rows:
        rows = own_rows(find(settings.rows), card)
    else:
        _, test = unseen_samples(request, run, card)
        rows = test.take(slice(SHOWN))
    predicted = engine.outputs(rows)[:, 0]
    widest = max(map(len, rows.names.tolist()))
    for name, value, true in zip(
        rows.names.tolist(), predicted.tolist(), rows.targets[:, 0].tolist(), strict=True
    ):
        known = "" if np.isnan(true) else f"  (true {true:.4g})"
        print(f"{name:<{widest}}  {card.target} {value:.4g}{known}")
    for line in beyond(rows, card):
        print(line)
    if settings.output:
        path = Path(settings.output).expanduser()
        write(path, rows, predicted, card.target)
        print(f"written     {path}")


def own_rows(path: Path, card: ModelCard) -> Split:
    """Return the rows of a file as the network takes them; a target that is not there is nan."""
    table = read_table(path, kinds=kinds(card))
    columns = encoding.needed(table, card.features, card.references)
    full, lines = encoding.without_gaps(table, columns)
    if lines:
        print(f"data        {len(lines)} rows with gaps cannot be predicted, the first is line {lines[0]}")
    if found := encoding.strange(full, card.features, card.references):
        full = full.take(np.setdiff1d(np.arange(len(full)), list(found)))
        print(f"data        {len(found)} rows cannot be predicted; {next(iter(found.values()))}")
    if not len(full):
        raise ProjectError(f"{path}: there is no row that can be predicted")
    label = label_of(full, card)
    number = card.target in full.names and full.kinds[card.target] == "number"
    true = full.column(card.target) if number else np.full(len(full), np.nan)
    names = full.words(label) if label else np.array([f"line {line}" for line in full.lines.tolist()])
    return Split(
        encoding.encode(full, card.features, card.references),
        true.astype(np.float32)[:, None],
        names,
        np.full(len(full), ""),
    )


def kinds(card: ModelCard) -> dict[str, Kind]:
    """Return which columns hold words."""
    return dict.fromkeys(encoding.columns_of_words(card.references), "category")


def beyond(rows: Split, card: ModelCard) -> list[str]:
    """Return a line for each feature in which rows lie beyond what the network learned from.

    There it was never corrected: an MLP of ReLUs goes on in straight lines, a polynomial shoots away.
    """
    low, high = np.array(card.low), np.array(card.high)
    slack = OUTSIDE * (high - low)
    outside = (rows.features < low - slack) | (rows.features > high + slack)
    return [
        f"warning     {outside[:, at].sum()} of {len(rows)} rows extrapolate: {name} was"
        f" {low[at]:.4g} to {high[at]:.4g} in training (here {rows.features[outside[:, at], at][0]:.4g})"
        for at, name in enumerate(card.features)
        if outside[:, at].any()
    ]


def write(path: Path, rows: Split, predicted: np.ndarray, target: str) -> None:
    """Write predictions as CSV, with a mark that makes Excel read it as UTF-8."""
    with replacing(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("row", f"predicted {target}"))
        writer.writerows(zip(rows.names.tolist(), predicted.tolist(), strict=True))
