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
BRIGHTEST = 255


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
        images = read_files(files, size, channels, request.settings.workers)
        if request.settings.invert:
            images = BRIGHTEST - images
        if count := int(look_inverted(images, engine.card.mean).sum()):
            print(
                f"warning     {count} of {len(images)} images look inverted, dark where the training images"
                f" are bright: try {'--no-invert' if request.settings.invert else '--invert'}"
            )
        names = [str(file) for file in files]
    else:
        _, test = test_images(request, run, engine.card)
        images = test.images[:SHOWN]
        names = [f"test image {at}: {engine.card.classes[test.labels[at]]}" for at in range(len(images))]
    shares = np.exp(metrics.log_softmax(engine.logits(images)))
    widest = max(map(len, names))
    for name, row in zip(names, shares, strict=True):
        best = np.argsort(-row, kind="stable")[:TOP]
        print(f"{name:<{widest}}  " + "  ".join(f"{engine.card.classes[at]} {row[at]:6.1%}" for at in best))


def look_inverted(images: np.ndarray, mean: tuple[float, ...]) -> np.ndarray:
    """Tell of each image whether it is much more like a negative of the training images than like them.

    Only its brightness is compared, on a scale from the training images' (0) to their negatives' (1). Where
    the two lie close together, as in photographs, it tells nothing.
    """
    usual = float(np.mean(mean))
    way = BRIGHTEST - 2 * usual
    if abs(way) < BRIGHTEST / 4:
        return np.zeros(len(images), bool)
    looks: np.ndarray = (images.mean((1, 2, 3)) - usual) / way > 0.6
    return looks


def trained(request: Request[Settings]) -> tuple[Run, ImageEngine]:
    """Return the run that was asked for, or the newest finished one, and its network."""
    run = trained_run(request)
    weights = weights_of(run)
    card: ModelCard = runs.stored(run.path, ModelCard, "model.json")
    engine: ImageEngine = engines.find(request.framework)(request.settings, card)
    engine.load(weights)
    print(f"run         {run.path}: {card.model}, classes {', '.join(card.classes)}")
    if not (request.settings.run or request.settings.smoke):
        tuned = f", fine-tuned to {', '.join(card.classes)}" if run.job == "finetune" else ""
        print(f"            the newest finished run{tuned}; another one: --run NAME")
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
