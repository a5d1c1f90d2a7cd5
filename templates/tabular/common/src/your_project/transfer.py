"""Fine-tuning: which network is adapted to which rows, and in which stages.

By default a network learns the commonest group of rows (`--group`, a column), and is adapted to few of the
other rows. With `--base` it is any network of yours, with `--data` any table that has its columns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from . import bases, data, jobs
from .errors import ProjectError
from .settings import Settings
from .stages import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from .bases import Start
    from .data import Data
    from .engine import TaskEngine
    from .program import Request
    from .runs import Run

#: settings that make a base network what it is
BASE = (
    *(
        "data",
        "target",
        "positive",
        "drop",
        "categories",
        "limit",
        "group",
        "model",
        "width",
        "depth",
        "members",
    ),
    *("embedding", "dropout", "epochs", "batch_size", "learning_rate", "weight_decay", "warmup", "clip"),
    *("patience", "balance", "aim", "seed"),
)
#: a network that knows the classes already is changed with care
CAREFUL = 0.25


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the few rows to adapt it to, and what is trained beside it."""
    base, rows, old = base_and_rows(request)
    settings, card = request.settings, bases.card_of_run(base)
    missing = [one.name for one in card.features if one.name not in rows.train.table.columns]
    if missing:
        raise ProjectError(f"{rows.name} lacks columns that {base.name} reads: {', '.join(missing)}")
    same = rows.classes == card.classes
    stages = adaptation(settings, new_head=not same)
    # A network must see rows as it learned them: by the means, bins and categories of the base. The one from
    # scratch sees them so, too, which is to its advantage: measured on so few rows they would be rougher.
    rows = rows.read_by(card.features)
    adapted = replace(
        card,
        target=rows.target,
        classes=rows.classes,
        positive=rows.positive,
        counts=rows.counts,
        group=rows.group if old else "",
        old=old,
    )
    knows = f"{card.target}: {', '.join(card.classes)}"
    load = whole(base) if same else None
    return bases.adapted(request, base, rows, adapted, stages, knows=knows, load=load)


def adaptation(settings: Settings, *, new_head: bool) -> tuple[Stage, ...]:
    """Return the stages: a new head alone, then everything, at rates that fall towards the input."""
    rate = settings.learning_rate
    if not new_head:
        return (Stage("all layers", settings.epochs, rate * CAREFUL, layer_decay=settings.layer_decay),)
    everything = Stage("all layers", settings.epochs, rate, layer_decay=settings.layer_decay)
    return bases.head_then_all(settings, everything)


def base_and_rows(request: Request[Settings]) -> tuple[Run, Data, str]:
    """Return the run to adapt, the few rows to adapt it to, and the group of this data that it knows."""
    settings, old = request.settings, ""
    if settings.base:
        base = bases.named(request)
        bases.refuse_the_same(base, settings.data)
        rows = data.load(settings, bases.card_of_run(base))
    else:
        rows = data.load(settings)
        old, groups = commonest(rows)
        known = rows.where([group == old for group in groups])
        base = bases.made(request, known, BASE, f"the rows in which {rows.group} is {old}")
        rows = rows.where([group != old for group in groups])
    return base, bases.untouched(rows, base).few(settings.shots, settings.seed), old


def commonest(rows: Data) -> tuple[str, list[np.ndarray]]:
    """Return the commonest group of training rows, and the group of each row of each part."""
    if not rows.group:
        raise ProjectError(
            f"{rows.name}: name a column by --group, whose commonest value the base shall know (the other"
            " rows are new to it), or a trained network by --base"
        )
    groups = [part.table.words(rows.group) for part in rows.parts]
    names, counts = np.unique(groups[0], return_counts=True)
    if len(names) < 2 or rows.group == rows.target:
        raise ProjectError(
            f"--group {rows.group}: a column with at least two values, not the target, is needed"
        )
    return str(names[np.argmax(counts)]), groups


def whole(run: Run) -> Callable[[TaskEngine], None]:
    """Return what loads a run's weights with the head: its classes are the same."""
    weights = jobs.weights_of(run)
    return lambda engine: engine.load(weights)
