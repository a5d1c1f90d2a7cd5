"""Asking a trained network what rows are; a file of rows is written again, with the answers beside them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import decisions, ranking
from .csv_text import read_rows
from .data import Split
from .evaluation import unseen_samples
from .features import UNKNOWN, encode, kinds
from .files import find, replacing
from .tables import CSV, read_table

if TYPE_CHECKING:
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings

SHOWN = 12  # rows that are printed
OUTSIDE = 0.01  # of the range of a number: so far beyond it a row may lie


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print what the network says of some rows; of a file, write what it says of all."""
    settings, card = request.settings, engine.card
    threshold = settings.threshold or engine.threshold
    if card.positive:
        own = "" if settings.threshold else f", chosen for {card.positive} on the validation rows"
        print(f"threshold   {threshold:.3f}{own}")
    if not settings.rows:
        _, test = unseen_samples(request, run, card)
        part = test.take(slice(SHOWN))
        show(card, ranking.shares(engine.outputs(part)), threshold, part)
        return
    path = find(settings.rows)
    part = own_rows(path, card)
    for line in doubtful(part, card):
        print(f"warning     {line}")
    shares = ranking.shares(engine.outputs(part))
    show(card, shares[:SHOWN], threshold, part.take(slice(SHOWN)))
    output = Path(settings.output).expanduser() if settings.output else run.path / "predictions.csv"
    write(output, path, part, card, shares, threshold)
    print(f"rows        {len(part)} of {path} with their scores: {output}")


def own_rows(path: Path, card: ModelCard) -> Split:
    """Return the rows of a file as the network takes them; what it is to tell need not be in it."""
    table = read_table(path, kinds=kinds(card.features))
    labels = np.full(len(table), -1, np.int64)
    if card.target in table.columns:
        index = {name: at for at, name in enumerate(card.classes)}
        labels = np.array([index.get(word, -1) for word in table.words(card.target).tolist()], np.int64)
    return Split(table, encode(table, card.features), labels)


def doubtful(part: Split, card: ModelCard) -> list[str]:
    """Return a line for each reason not to trust the answers for some rows, with the first row's line."""
    found = []
    known = np.zeros(len(part), bool)
    for at, one in enumerate(card.features):
        values, told = part.table.columns[one.name], part.columns[:, at]
        if one.numeric:
            slack = OUTSIDE * (one.edges[-1] - one.edges[0])
            odd = (told < one.edges[0] - slack) | (told > one.edges[-1] + slack)
            known |= ~np.isnan(told)
            why = f"{one.name} was {one.edges[0]:.4g} to {one.edges[-1]:.4g} in training"
        else:
            odd = (told == UNKNOWN) & (values != "")
            known |= values != ""
            why = f"the network does not know this {one.name}, or saw too few of it"
        if odd.any():
            first = np.flatnonzero(odd)[0]
            here = f"{values[first]:.4g}" if one.numeric else repr(str(values[first]))
            found.append(f"{odd.sum()} of {len(part)} rows: {why} (line {part.table.lines[first]}: {here})")
    if not known.all():
        first = part.table.lines[np.flatnonzero(~known)[0]]
        found.append(
            f"{(~known).sum()} of {len(part)} rows: gaps only, there is nothing to tell (line {first})"
        )
    return found


def show(card: ModelCard, shares: np.ndarray, threshold: float, part: Split) -> None:
    """Print a line a row: what it is called, the share of each class, what it is where that is known."""
    called = decisions.decide(card, shares, threshold)
    widest = max(map(len, card.classes))
    for at, row in enumerate(shares):
        best = np.argsort(-row, kind="stable")[:3]
        told = "  ".join(f"{card.classes[one]} {row[one]:6.1%}" for one in best)
        truth = f"  (it is {card.classes[part.labels[at]]})" if part.labels[at] >= 0 else ""
        print(f"line {part.table.lines[at]:<6} {card.classes[called[at]]:<{widest}}  {told}{truth}")


def write(
    output: Path, path: Path, part: Split, card: ModelCard, shares: np.ndarray, threshold: float
) -> None:
    """Write the rows as they stand in their file, with the class that each is called and its shares."""
    called = decisions.decide(card, shares, threshold)
    names, rows = cells(path, part)
    added = [f"{card.target}_predicted", *(f"{card.target}_share_{name}" for name in card.classes)]
    # with the mark, without which spreadsheets on Windows take UTF-8 for something else
    with replacing(output) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, *added])
        for row, at, share in zip(rows, called.tolist(), shares.tolist(), strict=True):
            writer.writerow([*row, card.classes[at], *(f"{value:.6f}" for value in share)])


def cells(path: Path, part: Split) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the names and the cells of a file's rows: of CSV to the letter."""
    if any(suffix.lower() in CSV for suffix in path.suffixes):
        text = read_rows(path)
        return text.names, text.rows
    names = part.table.names
    return names, [
        list(row) for row in zip(*(part.table.words(name).tolist() for name in names), strict=True)
    ]
