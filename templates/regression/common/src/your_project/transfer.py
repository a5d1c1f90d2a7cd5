"""Fine-tuning: which network is adapted to which rows, and in which stages.

By default a network learns the cars of 1970 to 1979, and is adapted with a few cars of the years after it.
What makes a car thirsty has stayed the same, by how much has not: the network has grown old, and a few rows
can tell by how much. The column of the group is hidden from both networks.

With `--base` it is any network of yours, with `--data` any rows that have its columns. Where the target is
the same, the last layer is kept, too: unlike a classifier's it means the same in the new group.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from . import bases, data, regression_metrics, runs
from .bases import Start
from .engine import card_of
from .errors import ProjectError
from .jobs import weights_of
from .settings import Settings
from .stages import Stage
from .training import make_engine, seen

if TYPE_CHECKING:
    from .data import Data
    from .engine import ModelCard
    from .program import Request
    from .runs import Run

#: share of the learning rate with which a network that is nearly right is adapted
SMALLER = 0.3

#: settings that make a base network what it is
BASE = (
    *("data", "target", "drop", "categories", "limit", "group", "new"),
    *("model", "width", "depth", "dropout", "degree"),
    *("epochs", "batch_size", "learning_rate", "weight_decay", "warmup", "clip", "patience", "seed"),
)


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the few rows to adapt it to, and what is trained beside it."""
    settings = request.settings
    base, rows, new = (named if settings.base else made)(request)
    known = bases.card_of_run(base)
    card = adapted(known, rows, new)
    same = card.target == known.target
    weights = weights_of(base)
    untouched = ""
    if same:
        engine = make_engine(request.framework, settings, card)
        engine.load(weights)
        found = regression_metrics.regression(engine.outputs(rows.test), rows.test.targets)
        untouched = f"; as it is, it errs by {found['mae']:.4g} on the new rows on average"
    stages = adaptation(settings)
    return Start(
        base=base.name,
        run=base,
        words=f"{base.path}: {known.describe()}{untouched}",
        data=rows,
        card=card,
        load=(lambda engine: engine.load(weights)) if same else bases.from_run(base),
        stages=stages,
        beside=(bases.scratch(from_nothing(rows, settings, request.framework, card), settings, stages),),
    )


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: the last layer alone, then everything, at rates that fall towards the input."""
    # a network that is nearly right needs small steps; its own rate would make it forget in the first ones
    rate = settings.learning_rate * SMALLER
    everything = Stage("all layers", settings.epochs, rate, layer_decay=settings.layer_decay)
    return bases.head_then_all(settings, everything)


def adapted(known: ModelCard, rows: Data, new: tuple[str, ...]) -> ModelCard:
    """Return the card of the adapted network: it goes on to standardise as the base learned to."""
    low, high = np.minimum(known.low, rows.low), np.maximum(known.high, rows.high)
    card = replace(
        known,
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        group=rows.group,
        values=new,
        adapted=True,
        target=rows.target,
        loss_std=rows.target_std,
    )
    if rows.target == known.target:
        return card
    return replace(card, target_mean=rows.target_mean, target_std=rows.target_std)


def from_nothing(rows: Data, settings: Settings, framework: str, card: ModelCard) -> ModelCard:
    """Return the card of a network that knows only the new rows."""
    return replace(card_of(rows, settings, framework), group=card.group, values=card.values, adapted=True)


def made(request: Request[Settings]) -> tuple[Run, Data, tuple[str, ...]]:
    """Return a base that is trained here, the few rows to adapt it to, and their groups."""
    settings = request.settings
    rows = data.load(settings, without_group=True)
    known, new = groups(rows, settings)
    few = rows.only(new).few(settings.shots, settings.seed)
    base = bases.made(request, rows.only(known), BASE, f"{rows.group} {', '.join(known)}")
    return base, few, new


def groups(rows: Data, settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the groups that the base learns, and those that are new to it."""
    words, counts = np.unique(rows.train.groups, return_counts=True)
    order = [word for _, word in sorted(zip((-counts).tolist(), words.tolist(), strict=True))]
    if missing := set(settings.new) - set(order):
        raise ProjectError(
            f"--new {' '.join(sorted(missing))}: {rows.group} of {rows.name} is {', '.join(sorted(order))}"
        )
    new = rows.new or tuple(order[1:])
    known = tuple(sorted(word for word in order if word not in new))
    if not (new and known):
        raise ProjectError(
            f"{rows.group} of {rows.name} has no other group to adapt to: choose another --group"
        )
    return known, new


def named(request: Request[Settings]) -> tuple[Run, Data, tuple[str, ...]]:
    """Return the run of `--base`, the few rows to adapt it to, and their groups."""
    settings = request.settings
    base = bases.named(request)
    if not settings.new and runs.stored(base.path, Settings, "settings.json").data == settings.data:
        raise ProjectError(
            f"--base {base.name} was trained on {settings.data} itself: give other rows by --data, or groups"
            " that it has not seen by --new"
        )
    card = bases.card_of_run(base)
    rows = data.load_new(settings, card, seen(base.path))
    if settings.model != card.model:
        print(f"network     from scratch a {settings.model}, but the base is a {card.model}")
    return base, rows.few(settings.shots, settings.seed), settings.new
