"""Fine-tuning: a trained network is adapted to classes that it has not seen.

First only the new head learns, on features that stay as they are; a random head would otherwise send large
gradients into the body and spoil what it knows. Then everything learns, the slower the nearer to the input,
where features are general. The same is trained from scratch beside it, with the same images and epochs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import data, results, runs
from .engine import ModelCard
from .errors import ProjectError
from .jobs import open_run, record, removed_unless_begun, trained_run, training_facts, weights_of
from .settings import Settings
from .stages import Stage
from .training import (
    FREE,
    announce,
    card_of,
    finish,
    fit,
    make_engine,
    whole_training,
    with_small_batches,
)

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Data
    from .program import Request
    from .runs import Run

#: settings that make a base network what it is
BASE = (
    *("data", "image_size", "limit", "model", "width", "dropout", "epochs", "batch_size", "learning_rate"),
    *("weight_decay", "warmup", "label_smoothing", "clip", "patience", "augment", "seed"),
)


def finetune(request: Request[Settings]) -> None:
    """Adapt a base network, train from scratch beside it, write metrics and report of both."""
    request, path = open_run(request, "finetune", FREE)
    if path is None:
        return
    with removed_unless_begun(request, path):
        finetune_in(path, request)


def finetune_in(path: Path, request: Request[Settings]) -> None:
    """Fine-tune in the folder of a run, train from scratch beside it, write metrics and report."""
    base, images = base_and_images(request)
    settings = with_small_batches(request.settings, len(images.train))
    request, framework = replace(request, settings=settings), request.framework

    base_card = card_of_run(base)
    print(f"base        {base.path} knows {', '.join(base_card.classes)}")
    # the body must see images normalised as it learned them: mean and deviation are the base's
    engine = make_engine(framework, settings, replace(base_card, classes=images.classes))
    engine.load_body(weights_of(base))
    announce(engine, images, path)
    run = fit(engine, images, adaptation(settings), path, request, program="finetune")

    print("scratch     the same images and epochs, beginning with random weights", flush=True)
    scratch = make_engine(framework, settings, card_of(images, settings, framework))
    same_budget = replace(settings, epochs=settings.head_epochs + settings.epochs)
    beside = fit(scratch, images, whole_training(same_budget), path / "scratch", request, program="finetune")

    other = {**results.measure(scratch, images.test), **training_facts(beside.history())}
    finish(
        engine,
        images,
        run.path,
        job="finetune",
        data_name=settings.data,
        extra={"base": base.name, "scratch": other},
        scratch=beside.history(),
    )
    print(f"scratch     {results.told(other)}")


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: the head alone, then everything, at rates that fall towards the input."""
    rate = settings.learning_rate
    everything = Stage("all layers", settings.epochs, rate, layer_decay=settings.layer_decay)
    if not settings.head_epochs:
        return (everything,)
    # a single layer bears a high rate, and has few steps to get away from its random start
    return Stage("head", settings.head_epochs, rate * settings.head_boost, body=0.0), everything


# --- the base network


def base_and_images(request: Request[Settings]) -> tuple[Run, Data]:
    """Return the run to adapt and the few images to adapt it to.

    By default the base is made here: the first half of the classes trains it, the second half is new to it.
    With `--base` it is any earlier run, and what is new to it are the classes of `--data`, or those of
    its own data that it was not trained on.
    """
    settings = request.settings
    if settings.base:
        base = trained_run(replace(request, settings=replace(settings, run=settings.base)))
        weights_of(base)  # says so when there are none yet
        card = card_of_run(base)
        images = data.load(replace(settings, image_size=card.image_shape[0])).fitted(card.image_shape)
        images = images.only(unseen_classes(base, card, settings, images))
    else:
        images = data.load(settings)
        half = len(images.classes) // 2
        if half < 2:  # two classes on either side, or there is nothing to tell apart
            raise ProjectError(
                f"{images.name} has {len(images.classes)} classes; without --base four are needed"
            )
        base = made_base(request, images.only(images.classes[:half]))
        images = images.only(images.classes[half:])
    return base, images.few(settings.shots, settings.seed)


def unseen_classes(base: Run, card: ModelCard, settings: Settings, images: Data) -> tuple[str, ...]:
    """Return the classes to adapt to: of the base's own data those that are new to it, of other data all."""
    if runs.stored(base.path, Settings, "settings.json").data != settings.data:
        return images.classes
    fresh = tuple(name for name in images.classes if name not in card.classes)
    if len(fresh) < 2:
        raise ProjectError(
            f"--base {base.name} was trained on {settings.data} itself: give other images by --data"
        )
    return fresh


def made_base(request: Request[Settings], images: Data) -> Run:
    """Return the run `base-<framework>`, trained now unless it is there with the same settings."""
    name = f"base-{request.framework}"
    settings = replace(request.settings, run=name, base="", resume=False)
    path = request.runs / name
    if agrees(path, settings, images):
        if runs.read(path).finished:
            return runs.read(path)
        settings = replace(settings, resume=True)
    else:
        runs.begin(request.runs, name, request.framework, "base", overwrite=True)
        record(path, settings)
    settings = with_small_batches(settings, len(images.train))
    engine = make_engine(request.framework, settings, card_of(images, settings, request.framework))
    print(f"base        is trained first, on {', '.join(images.classes)}; it is kept for the next time")
    announce(engine, images, path)
    # stopped here, it is the fine-tuning run that is resumed
    part = replace(request, settings=replace(settings, run=request.settings.run))
    fit(engine, images, whole_training(settings), path, part, program="finetune")
    finish(engine, images, path, job="base", data_name=settings.data)
    return runs.read(path)


def agrees(path: Path, settings: Settings, images: Data) -> bool:
    """Tell whether the run in this folder was begun with the same settings and classes."""
    try:
        began: Settings = runs.stored(path, Settings, "settings.json")
        classes = runs.stored(path, ModelCard, "model.json").classes
    except ProjectError:  # not there, or cut off when it was begun
        return False
    return classes == images.classes and all(getattr(began, name) == getattr(settings, name) for name in BASE)


def card_of_run(run: Run) -> ModelCard:
    """Return the network's description that a run keeps."""
    card: ModelCard = runs.stored(run.path, ModelCard, "model.json")
    return card
