"""Training: from settings to a finished run.

What is learned and how good it is, `data.py`, `engine.py`, `baseline.py` and `results.py` say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from . import baseline, data, engines, jobs, processes, results
from .engine import card_of
from .errors import ProjectError
from .files import replacing
from .run_folder import read_history
from .stages import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from .data import Data
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .run_folder import RunFolder
    from .settings import Settings

#: settings that do not change what a run computes, and may differ when it is resumed
FREE = jobs.FREE | {"workers", "cache"}

STEPS_AN_EPOCH = 8  # fewer are too few to learn anything in a dozen epochs
SMALLEST_BATCH = 8  # batch normalisation needs some samples to know their mean


def train(request: Request[Settings]) -> None:
    """Train a network, evaluate it on the test data, write metrics and report."""
    request, path = jobs.open_run(request, "train", FREE)
    if path is None:
        return
    with jobs.removed_unless_begun(request, path):
        train_in(path, request)


def train_in(path: Path, request: Request[Settings]) -> None:
    """Train in the folder of a run, evaluate, write metrics and report."""
    samples = data.load(request.settings)
    settings = with_small_batches(request.settings, samples)
    engine = make_engine(request.framework, settings, card_of(samples, settings, request.framework))
    announce(engine, samples, path)
    if processes.number():  # one of several, and not the first: only its share of the training is left to it
        jobs.follow(engine, samples, whole_training(settings), path, request)
        return
    run = fit(engine, samples, whole_training(settings), path, request, program="train")
    finish(engine, samples, run.path, settings, job="train")


def whole_training(settings: Settings) -> tuple[Stage, ...]:
    """Return the one stage in which everything learns at the same rate."""
    return (Stage("train", settings.epochs, settings.learning_rate),)


def with_small_batches(settings: Settings, samples: Data) -> Settings:
    """Return settings with batches that leave an epoch of few samples some steps."""
    count = len(samples.train)
    size = min(settings.batch_size, max(SMALLEST_BATCH, count // STEPS_AN_EPOCH))
    if size < settings.batch_size:
        why = f"{count} {samples.unit} would make too few steps"
        print(f"batches     of {size} instead of {settings.batch_size} {samples.unit}: {why}")
    return replace(settings, batch_size=size)


# --- the network


def make_engine(framework: str, settings: Settings, card: ModelCard) -> TaskEngine:
    """Build a network on the chosen device."""
    engine: TaskEngine = engines.find(framework)(settings, card)
    return engine


def announce(engine: TaskEngine, samples: Data, path: Path) -> None:
    """Say what will be done, and why so."""
    sizes = f"{len(samples.train)} training, {len(samples.validation)} validation, {len(samples.test)} test"
    print(f"data        {samples.name}: {sizes} {samples.unit}, {samples.describe()}")
    framework = f"{engine.framework} {engine.version}"
    print(f"network     {engine.card.model}, {engine.parameters:,} parameters, {framework}")
    jobs.announce(engine, path)


# --- the work


def fit(
    engine: TaskEngine,
    samples: Data,
    stages: tuple[Stage, ...],
    path: Path,
    request: Request[Settings],
    *,
    program: str,
    known: np.ndarray | None = None,
) -> RunFolder:
    """Train in a run's folder, and leave the best weights in the engine.

    `known` are the checksums of what the network has learned from before.
    """
    remember(samples, path, known)
    return jobs.fit(engine, samples, stages, path, request, program=program)


def remember(samples: Data, path: Path, known: np.ndarray | None = None) -> None:
    """Keep the checksums of what the network learns from: none of it may ever test the network."""
    sums = [part.checksums() for part in (samples.train, samples.validation)]
    with replacing(path / "seen.npy") as draft, draft.open("wb") as file:
        np.save(
            file, np.unique(np.concatenate(sums if known is None else [*sums, known])), allow_pickle=False
        )


def seen(path: Path) -> np.ndarray:
    """Return the checksums of what a run's network learned from, and what it was made of before that."""
    try:
        checksums: np.ndarray = np.load(path / "seen.npy", allow_pickle=False)
    except (OSError, ValueError) as problem:
        raise ProjectError(f"cannot read {path / 'seen.npy'}: {problem}") from None
    return checksums


def measured(engine: TaskEngine, part: Any) -> dict[str, Any]:
    """Return how good a network is on some samples, and what was measured on what."""
    return {
        "framework": engine.framework,
        "framework_version": engine.version,
        "device": engine.device,
        "precision": engine.precision,
        "model": engine.card.model,
        "parameters": engine.parameters,
        **results.measure(engine, part),
    }


def finish(
    engine: TaskEngine,
    samples: Data,
    path: Path,
    settings: Settings,
    *,
    job: str,
    extra: dict[str, Any] | None = None,
    others: dict[str, jobs.History] | None = None,
) -> dict[str, Any]:
    """Evaluate on the test data; write metrics and report; say where.

    `others` are the histories of what was trained beside it for comparison, by name.
    """
    history = read_history(path)
    content = {
        "job": job,
        "run": path.name,
        "data": settings.data,
        "samples": {
            "training": len(samples.train),
            "validation": len(samples.validation),
            "test": len(samples.test),
        },
        **measured(engine, samples.test),
        **jobs.training_facts(history),
        "baseline": baseline.compare(samples, settings),
        **(extra or {}),
    }
    page = results.report(content, engine, samples.test, history, others or {})
    jobs.write_results(path, results.SCHEMA, content, page)
    print(f"test        {results.told(content)}")
    print(f"report      {path / 'report.html'}", flush=True)
    return content
