"""Training: from settings to a finished run."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import baseline, data, engines, environment, results, runs
from .engine import ModelCard
from .errors import Interrupted, ProjectError
from .files import replacing, write_json
from .run_folder import RunFolder, read_history
from .settings import Settings
from .stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .data import Data
    from .engine import Engine
    from .workflows import Request

#: settings that do not change what a run computes, and may differ when it is resumed
FREE = frozenset({"workers", "resume", "overwrite", "run", "runs", "cache", "smoke", "device"})

STEPS_AN_EPOCH = 8  # fewer are too few to learn anything in a dozen epochs
SMALLEST_BATCH = 8  # batch normalisation needs some images to know their mean


def train(request: Request) -> None:
    """Train a network, evaluate it on the test images, write metrics and report."""
    request, path = open_run(request, "train")
    if path is None:
        return
    settings = request.settings
    images = data.load(settings)
    settings = with_small_batches(settings, len(images.train))
    engine = make_engine(request.framework, settings, card_of(images, settings, request.framework))
    announce(engine, images, path)
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


# --- runs


def open_run(request: Request, job: str) -> tuple[Request, Path | None]:
    """Make the folder of a new run, or find the one to go on with; None when that is finished already.

    A resumed run keeps the settings it began with: with others its result would be neither the one nor
    the other.
    """
    settings = request.settings
    if not settings.resume:
        path = runs.begin(request.runs, settings.run, request.framework, job, overwrite=settings.overwrite)
        settings = replace(settings, run=path.name)
        record(path, settings)
        return replace(request, settings=settings), path
    if settings.run:
        run = runs.named(request.runs, settings.run)
    else:
        newest = runs.newest(request.runs, request.framework, (job,), finished=False)
        if newest is None:
            raise ProjectError(
                f"no unfinished {job} run of {request.framework} in {request.runs} to go on with"
            )
        run = newest
    if (run.framework, run.job) != (request.framework, job):
        raise ProjectError(
            f"{run.path} is a {run.job} run of {run.framework}, not a {job} run of {request.framework}"
        )
    if run.finished:
        print(f"run         {run.path} is finished already: see its report.html")
        return request, None
    return replace(request, settings=settings_to_resume(request, run.path)), run.path


def settings_to_resume(request: Request, path: Path) -> Settings:
    """Return the settings that a run began with, with what may change taken from the request."""
    began: Settings = runs.stored(path, Settings, "settings.json")
    for name, value in request.given.items():
        if name not in FREE and getattr(began, name) != value:
            raise ProjectError(
                f"{path.name} began with {name} = {getattr(began, name)}, not {value}:"
                " leave it out to resume, or start a new run"
            )
    free = {name: value for name, value in request.given.items() if name in FREE}
    return replace(began, **{**free, "resume": True, "run": path.name, "runs": request.settings.runs})


def record(path: Path, settings: Settings) -> None:
    """Write down what the run will be, before anything can go wrong."""
    write_json(path / "settings.json", asdict(settings))
    write_json(path / "environment.json", environment.describe())


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


def make_engine(framework: str, settings: Settings, card: ModelCard) -> Engine:
    """Build a network on the chosen device."""
    return engines.find(framework)(settings, card)


def announce(engine: Engine, images: Data, path: Path) -> None:
    """Say what will be done, and why so."""
    height, width, channels = images.image_shape
    sizes = f"{len(images.train)} training, {len(images.validation)} validation, {len(images.test)} test"
    colour = "grey" if channels == 1 else "colour"
    print(
        f"data        {images.name}: {sizes} images, {width}x{height} {colour}, {len(images.classes)} classes"
    )
    framework = f"{engine.framework} {engine.version}"
    print(f"network     {engine.card.model}, {engine.parameters:,} parameters, {framework}")
    print(f"device      {engine.device}: {engine.device_reason}")
    print(f"precision   {engine.precision}: {engine.precision_reason}")
    print(f"run         {path}", flush=True)


# --- the work


def fit(
    engine: Engine, images: Data, stages: tuple[Stage, ...], path: Path, request: Request, *, program: str
) -> RunFolder:
    """Train in a run's folder, and leave the best weights in the engine."""
    settings = request.settings
    write_json(path / "model.json", asdict(engine.card))
    remember(images, path)
    run = RunFolder(
        path, engine.framework, resume=settings.resume, epochs=sum(stage.epochs for stage in stages)
    )
    try:
        with told_how_to_resume(request, program):
            engine.fit(images, stages, run)
    finally:
        run.close()
    return run


@contextmanager
def told_how_to_resume(request: Request, program: str) -> Iterator[None]:
    """Turn Ctrl-C into one line that says how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        settings = request.settings
        if settings.smoke:
            raise
        elsewhere = "" if settings.runs == Settings.runs else f" --runs {settings.runs}"
        command = engines.command(request.framework, program)
        raise Interrupted(
            f"stopped; go on with: {command} --run {settings.run}{elsewhere} --resume"
        ) from None


def remember(images: Data, path: Path) -> None:
    """Keep the checksums of the images that the network learns from: none of them may ever test it."""
    seen = np.concatenate([data.checksums(part.images) for part in (images.train, images.validation)])
    with replacing(path / "seen.npy") as draft, draft.open("wb") as file:
        np.save(file, np.unique(seen), allow_pickle=False)


def finish(
    engine: Engine,
    images: Data,
    path: Path,
    *,
    job: str,
    data_name: str,
    extra: dict[str, Any] | None = None,
    scratch: results.History | None = None,
) -> dict[str, Any]:
    """Evaluate on the test images; write metrics and report; say where."""
    history = read_history(path)
    content = {
        "job": job,
        "run": path.name,
        "data": data_name,
        "images": {
            "training": len(images.train),
            "validation": len(images.validation),
            "test": len(images.test),
        },
        **results.measure(engine, images.test),
        **results.training_facts(history),
        "baseline": baseline.logistic_regression(images),
        **(extra or {}),
    }
    results.write(path, content, results.report(content, engine, images.test, history, scratch or []))
    print(f"test        {results.told(content)}")
    print(f"report      {path / 'report.html'}", flush=True)
    return content
