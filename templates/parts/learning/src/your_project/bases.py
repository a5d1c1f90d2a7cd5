"""What fine-tuning begins with: a network that knows something already, and few samples of something new."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import jobs, runs
from .engine import ModelCard, TaskEngine, card_of
from .errors import ProjectError
from .files import read_json
from .settings import Settings
from .stages import Stage
from .training import announce, finish, fit, make_engine, seen, whole_training, with_small_batches

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Data
    from .program import Request
    from .runs import Run


@dataclass(frozen=True)
class Beside:
    """What is trained beside the fine-tuned network, on the same samples, to compare it with."""

    name: str  # a key of `metrics.json`: scratch
    words: str  # what it is, for the reader
    card: ModelCard
    stages: tuple[Stage, ...]
    load: Callable[[TaskEngine], None] = lambda engine: None  # what it begins with


@dataclass(frozen=True)
class Start:
    """A network to adapt, and what it is adapted to."""

    base: str  # the run or the package whose network it is
    words: str  # what it knows, for the reader
    data: Data  # of which no test sample is one that the base has learned from: see `untouched`
    card: ModelCard  # of the adapted network
    load: Callable[[TaskEngine], None]  # puts what the base knows into a fresh network
    stages: tuple[Stage, ...]
    beside: tuple[Beside, ...]
    run: Run | None = None  # the base, where it is one
    known: Callable[[], dict[str, Any]] = dict  # more for `metrics.json`, found once all is trained


def from_run(run: Run) -> Callable[[TaskEngine], None]:
    """Return what loads all but the head from a run's weights."""
    weights = jobs.weights_of(run)
    return lambda engine: engine.load_body(weights)


def scratch(start_card: ModelCard, settings: Settings, stages: tuple[Stage, ...]) -> Beside:
    """Return training from random weights for as many epochs as the stages of fine-tuning take."""
    same_budget = replace(settings, epochs=sum(stage.epochs for stage in stages))
    words = "the same samples and epochs, beginning with random weights"
    return Beside("scratch", words, start_card, whole_training(same_budget))


def adapted(
    request: Request[Settings],
    base: Run,
    samples: Data,
    card: ModelCard,
    stages: tuple[Stage, ...],
    *,
    knows: str,
    load: Callable[[TaskEngine], None] | None = None,
) -> Start:
    """Return how a run's network becomes the one of a card; beside it the same is trained from scratch.

    Unless `load` says otherwise, all but the head is kept. `knows` says what of, for the reader.
    """
    fresh = card_of(samples, request.settings, request.framework)
    return Start(
        base=base.name,
        run=base,
        words=f"{base.path} knows {knows}",
        data=samples,
        card=card,
        load=load or from_run(base),
        stages=stages,
        beside=(scratch(fresh, request.settings, stages),),
    )


def head_then_all(settings: Settings, everything: Stage) -> tuple[Stage, ...]:
    """Return the stages: the head alone, where it has epochs of its own, then everything."""
    if not settings.head_epochs:
        return (everything,)
    # a single layer bears a high rate, and has few steps to get away from its random start
    rate = everything.learning_rate * settings.head_boost
    return Stage("head", settings.head_epochs, rate, body=0.0), everything


def named(request: Request[Settings]) -> Run:
    """Return the run of `--base`."""
    there = replace(request.settings, run=request.settings.base, runs=request.kept_runs)
    base = jobs.trained_run(replace(request, settings=there))
    jobs.weights_of(base)  # says so when there are none yet
    return base


def made(request: Request[Settings], samples: Data, decisive: tuple[str, ...], words: str) -> Run:
    """Return the run `base-<framework>`, trained now unless it is there; one on other data is `…-2`.

    It is there when it was begun with the same settings, of which the `decisive` ones count, for a network
    with the same card. `words` say on what it is trained.
    """
    settings = replace(request.settings, base="", resume=False)
    card = card_of(samples, settings, request.framework)
    path, there = place_of(request, settings, card, decisive)
    settings = replace(settings, run=path.name, resume=there)
    if not there:
        runs.begin(request.runs, path.name, request.framework, "base")
        jobs.record(path, settings)
    elif runs.read(path).finished:
        return runs.read(path)
    settings = with_small_batches(settings, samples)
    engine = make_engine(request.framework, settings, card)
    kept = "" if settings.smoke else "; it is kept for the next time"
    print(f"base        is trained first, on {words}{kept}")
    announce(engine, samples, path)
    # stopped here, it is the fine-tuning run that is resumed
    part = replace(request, settings=replace(settings, run=request.settings.run))
    fit(engine, samples, whole_training(settings), path, part, program="finetune")
    finish(engine, samples, path, settings, job="base")
    return runs.read(path)


def place_of(
    request: Request[Settings], settings: Settings, card: ModelCard, decisive: tuple[str, ...]
) -> tuple[Path, bool]:
    """Return the folder of the base that is there, or else one that is free; and whether it is there."""
    stem = f"base-{request.framework}"
    path, number = request.runs / stem, 1
    while path.exists():
        if agrees(path, settings, card, decisive):
            return path, True
        number += 1
        path = request.runs / f"{stem}-{number}"
    return path, False


def untouched(samples: Data, base: Run) -> Data:
    """Return data without the test samples that the base has learned from."""
    fresh = ~np.isin(samples.test.checksums(), seen(base.path))
    if not fresh.any():
        raise ProjectError(
            f"{samples.name}: {base.name} has learned from all {len(fresh)} {samples.unit} that would test it"
        )
    if not fresh.all():
        known = np.count_nonzero(~fresh)
        print(f"test        {known} of {len(fresh)} {samples.unit} are left out: {base.name} knows them")
    return replace(samples, test=samples.test.take(fresh))


def refuse_the_same(base: Run, name: str) -> None:
    """Raise `ProjectError` for data that the base was trained on: longer training is no fine-tuning."""
    began: Settings = runs.stored(base.path, Settings, "settings.json")
    if began.data == name:
        raise ProjectError(f"--base {base.name} was trained on {name} itself: give other data by --data")


def agrees(path: Path, settings: Settings, card: ModelCard, decisive: tuple[str, ...]) -> bool:
    """Tell whether the run in this folder was begun with the same settings for the same network."""
    try:
        began: Settings = runs.stored(path, Settings, "settings.json")
        stored = read_json(path / "model.json")
    except ProjectError:  # not there, or cut off when it was begun
        return False
    same_network: bool = stored == json.loads(json.dumps(asdict(card)))
    return same_network and all(getattr(began, name) == getattr(settings, name) for name in decisive)


def card_of_run(run: Run) -> ModelCard:
    """Return the network's description that a run keeps."""
    card: ModelCard = runs.stored(run.path, ModelCard, "model.json")
    return card
