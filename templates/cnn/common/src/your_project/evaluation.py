"""Using a trained network: evaluate it, or ask it what is on images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import data, engines, metrics, results, runs, sources
from .engine import ModelCard
from .errors import ProjectError
from .image_folder import fit_images, list_images, read_files
from .jobs import trained_run, weights_of, write_results
from .settings import Settings

if TYPE_CHECKING:
    from .data import Split
    from .engine import ImageEngine
    from .program import Request
    from .runs import Run

SHOWN = 12  # test images that `predict` looks at when it is given none
TOP = 3


def evaluate(request: Request[Settings]) -> None:
    """Evaluate a run's network; write metrics and report to its folder `evaluate`."""
    run, engine = trained(request)
    settings, test = test_images(request, run, engine.card)
    content = {
        "job": "evaluate",
        "run": run.name,
        "data": settings.data,
        "samples": {"training": 0, "validation": 0, "test": len(test)},
        **results.measure(engine, test),
        "baseline": None,
    }
    path = run.path / "evaluate"
    write_results(path, metrics.SCHEMA, content, results.report(content, engine, test, [], []))
    print(f"test        {len(test)} images of {settings.data}: {results.told(content)}")
    print(f"report      {path / 'report.html'}")


def predict(request: Request[Settings]) -> None:
    """Print what the network sees on each image, and how sure it is."""
    run, engine = trained(request)
    if request.settings.images:
        files = image_files(request.settings.images)
        size, _, channels = engine.card.image_shape
        images, names = (
            read_files(files, size, channels, request.settings.workers),
            [str(file) for file in files],
        )
    else:
        _, test = test_images(request, run, engine.card)
        images = test.images[:SHOWN]
        names = [f"test image {at}: {engine.card.classes[test.labels[at]]}" for at in range(len(images))]
    shares = np.exp(metrics.log_softmax(engine.logits(images)))
    widest = max(map(len, names))
    for name, row in zip(names, shares, strict=True):
        best = np.argsort(-row, kind="stable")[:TOP]
        print(f"{name:<{widest}}  " + "  ".join(f"{engine.card.classes[at]} {row[at]:6.1%}" for at in best))


def trained(request: Request[Settings]) -> tuple[Run, ImageEngine]:
    """Return the run that was asked for, or the newest finished one, and its network."""
    run = trained_run(request)
    weights = weights_of(run)
    card: ModelCard = runs.stored(run.path, ModelCard, "model.json")
    engine: ImageEngine = engines.find(request.framework)(request.settings, card)
    engine.load(weights)
    print(f"run         {run.path}: {card.model}, classes {', '.join(card.classes)}")
    print(f"device      {engine.device}: {engine.device_reason}", flush=True)
    return run, engine


def test_images(request: Request[Settings], run: Run, card: ModelCard) -> tuple[Settings, Split]:
    """Return images that the run's network has not learned from, as it takes them."""
    began: Settings = runs.stored(run.path, Settings, "settings.json")
    chosen = {name: request.given[name] for name in ("data", "cache", "workers") if name in request.given}
    settings = replace(began, image_size=card.image_shape[0], **chosen)
    same = settings.data == began.data
    test = data.load_unseen(settings, card.classes, seen(run.path), same=same)
    return settings, data.Split(fit_images(test.images, card.image_shape), test.labels)


def seen(path: Path) -> np.ndarray:
    """Return the checksums of the images that a network learned from."""
    try:
        checksums: np.ndarray = np.load(path / "seen.npy", allow_pickle=False)
    except (OSError, ValueError) as problem:
        raise ProjectError(f"cannot read {path / 'seen.npy'}: {problem}") from None
    return checksums


def image_files(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the image files that were named, and those in the folders that were named."""
    files: list[Path] = []
    for name in paths:
        place = sources.find(name)
        if place.is_dir():
            inside = list_images(place)
            if not inside:
                raise ProjectError(f"no images in {place}")
            files.extend(inside)
        elif place.is_file():
            files.append(place)
        else:
            raise ProjectError(f"there is no {name}")
    return tuple(files)
