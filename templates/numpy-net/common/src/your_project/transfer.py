"""Fine-tuning: which network is adapted to which samples, and in which stages.

By default a network learns to name the ten digits, and is adapted to tell even from odd ones, of which few
are marked as such: its hidden layer keeps digits apart already, and pixels alone would need more samples.

`--task new-digits` shows the limits: after 0 to 4 come 5 to 9. A single hidden layer keeps what tells 0 to 4
apart and drops the rest, so that training from scratch does better. Deeper networks begin with layers that
know what all pictures have in common.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import bases, data
from .data import DIGITS
from .errors import ProjectError
from .stages import Stage

if TYPE_CHECKING:
    from .bases import Start
    from .data import Data
    from .program import Request
    from .runs import Run
    from .settings import Settings

#: settings that make a base network what it is
BASE = (
    *("data", "limit", "hidden", "activation", "epochs", "batch_size", "learning_rate", "weight_decay"),
    *("warmup", "clip", "patience", "seed"),
)


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the few samples to adapt it to, and what is trained beside it."""
    base, samples = base_and_samples(request)
    known = bases.card_of_run(base)
    # the body must see features normalised as it learned them: mean and deviation are the base's
    card = replace(known, classes=samples.classes)
    stages = adaptation(request.settings)
    return bases.adapted(request, base, samples, card, stages, knows=", ".join(known.classes))


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: the head alone, then both layers, the hidden one slower."""
    everything = Stage("all layers", settings.epochs, settings.learning_rate, body=settings.layer_decay)
    return bases.head_then_all(settings, everything)


def base_and_samples(request: Request[Settings]) -> tuple[Run, Data]:
    """Return the run to adapt, made here where none is named, and the few samples to adapt it to."""
    settings = request.settings
    known, new = before_and_after(data.load(settings), settings.task)
    if settings.base:
        base = bases.named(request)
        card = bases.card_of_run(base)
        if card.features != new.features:
            raise ProjectError(
                f"--base {base.name} takes {card.features} features a sample, {new.name} has {new.features}"
            )
        if set(new.classes) <= set(card.classes):
            raise ProjectError(f"--base {base.name} knows {', '.join(new.classes)} already")
    else:
        base = bases.made(request, known, BASE, ", ".join(known.classes))
    return base, bases.untouched(new, base).few(settings.shots, settings.seed)


def before_and_after(samples: Data, task: str) -> tuple[Data, Data]:
    """Return what the base network learns, and what it is adapted to."""
    if samples.classes != DIGITS:
        raise ProjectError(f"{samples.name} holds a single task; fine-tuning needs --data digits")
    if task == "even-odd":
        return samples, samples.by_parity()
    return samples.only(DIGITS[:5]), samples.only(DIGITS[5:])
