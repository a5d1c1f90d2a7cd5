"""Training: from settings to a finished run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import baseline, data, engines, jobs, metrics, processes, results
from .engine import ModelCard
from .files import replacing
from .run_folder import read_history
from .stages import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Data
    from .engine import ImageEngine
    from .program import Request
    from .run_folder import RunFolder
    from .settings import Settings

#: settings that do not change what a run computes, and may differ when it is resumed
FREE = jobs.FREE | {"workers", "cache"}

STEPS_AN_EPOCH = 8  # fewer are too few to learn anything in a dozen epochs
SMALLEST_BATCH = 8  # batch normalisation needs some images to know their mean


def train(request: Request[Settings]) -> None:
    """Train a network, evaluate it on the test images, write metrics and report."""
    request, path = jobs.open_run(request, "train", FREE)
    if path is None:
        return
    with jobs.removed_unless_begun(request, path):
        train_in(path, request)


def train_in(path: Path, request: Request[Settings]) -> None:
    """Train in the folder of a run, evaluate, write metrics and report."""
    settings = request.settings
    images = data.load(settings)
    settings = with_small_batches(settings, len(images.train))
    engine = make_engine(request.framework, settings, card_of(images, settings, request.framework))
    announce(engine, images, path)
    if processes.number():  # one of several, and not the first: only its share of the training is left to it
        jobs.follow(engine, images, whole_training(settings), path, request)
        return
    run = fit(engine, images, whole_training(settings), path, request, program="train")
    finish(engine, images, run.path, job="train", data_name=settings.data)


def whole_training(settings: Settings) -> tuple[Stage, ...]:
    """Return the one stage in which everything learns at the same rate."""
    return (Stage("train", settings.epochs, settings.learning_rate),)


def with_small_batches(settings: Settings, images: int) -> Settings:
    """Return settings with batches that leave an epoch of few images some steps."""
    size = min(settings.batch_size, max(SMALLEST_BATCH, images // STEPS_AN_EPOCH))
    if size < settings.batch_size:
        why = f"{images} images would make too few steps"
        print(f"batches     of {size} instead of {settings.batch_size} images: {why}")
    return replace(settings, batch_size=size)


# --- the network


def card_of(images: Data, settings: Settings, framework: str) -> ModelCard:
    """Return what a network for these images is like."""
    return ModelCard(
        model=settings.model,
        width=settings.width,
        dropout=settings.dropout,
        image_shape=images.image_shape,
        classes=images.classes,
        mean=images.mean,
        std=images.std,
        framework=framework,
    )


def make_engine(framework: str, settings: Settings, card: ModelCard) -> ImageEngine:
    """Build a network on the chosen device."""
    engine: ImageEngine = engines.find(framework)(settings, card)
    return engine


def announce(engine: ImageEngine, images: Data, path: Path) -> None:
    """Say what will be done, and why so."""
    height, width, channels = images.image_shape
    sizes = f"{len(images.train)} training, {len(images.validation)} validation, {len(images.test)} test"
    colour = "grey" if channels == 1 else "colour"
    print(
        f"data        {images.name}: {sizes} images, {width}x{height} {colour}, {len(images.classes)} classes"
    )
    framework = f"{engine.framework} {engine.version}"
    print(f"network     {engine.card.model}, {engine.parameters:,} parameters, {framework}")
    jobs.announce(engine, path)


# --- the work


def fit(
    engine: ImageEngine,
    images: Data,
    stages: tuple[Stage, ...],
    path: Path,
    request: Request[Settings],
    *,
    program: str,
) -> RunFolder:
    """Train in a run's folder, and leave the best weights in the engine."""
    remember(images, path)
    return jobs.fit(engine, images, stages, path, request, program=program)


def remember(images: Data, path: Path) -> None:
    """Keep the checksums of the images that the network learns from: none of them may ever test it."""
    seen = np.concatenate([data.checksums(part.images) for part in (images.train, images.validation)])
    with replacing(path / "seen.npy") as draft, draft.open("wb") as file:
        np.save(file, np.unique(seen), allow_pickle=False)


def finish(
    engine: ImageEngine,
    images: Data,
    path: Path,
    *,
    job: str,
    data_name: str,
    extra: dict[str, Any] | None = None,
    scratch: jobs.History | None = None,
) -> dict[str, Any]:
    """Evaluate on the test images; write metrics and report; say where."""
    history = read_history(path)
    content = {
        "job": job,
        "run": path.name,
        "data": data_name,
        "samples": {
            "training": len(images.train),
            "validation": len(images.validation),
            "test": len(images.test),
        },
        **results.measure(engine, images.test),
        **jobs.training_facts(history),
        "baseline": baseline.logistic_regression(images),
        **(extra or {}),
    }
    page = results.report(content, engine, images.test, history, scratch or [])
    jobs.write_results(path, metrics.SCHEMA, content, page)
    print(f"test        {results.told(content)}")
    print(f"report      {path / 'report.html'}", flush=True)
    return content
