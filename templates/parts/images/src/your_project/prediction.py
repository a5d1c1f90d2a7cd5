"""Asking a trained network what is on images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import metrics
from .data import Split
from .errors import ProjectError
from .evaluation import unseen_samples
from .files import find
from .image_folder import list_images, read_files

if TYPE_CHECKING:
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings

SHOWN = 12  # test images that `predict` looks at when it is given none
TOP = 3
BRIGHTEST = 255


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print what the network sees on each image, and how sure it is."""
    if request.settings.images:
        images, names = own_images(request.settings, engine.card)
    else:
        _, test = unseen_samples(request, run, engine.card)
        images = test.take(slice(SHOWN))
        names = [
            f"test image {at}: {engine.card.classes[label]}"
            for at, label in enumerate(images.labels.tolist())
        ]
    shares = np.exp(metrics.log_softmax(engine.outputs(images)))
    widest = max(map(len, names))
    for name, row in zip(names, shares, strict=True):
        best = np.argsort(-row, kind="stable")[:TOP]
        print(f"{name:<{widest}}  " + "  ".join(f"{engine.card.classes[at]} {row[at]:6.1%}" for at in best))


def own_images(settings: Settings, card: ModelCard) -> tuple[Split, list[str]]:
    """Return the images that were named, as the network takes them, and their names; labels are unknown."""
    files = image_files(settings.images)
    size, _, channels = card.image_shape
    images = read_files(files, size, channels, settings.workers)
    if settings.invert:
        images = BRIGHTEST - images
    if count := int(look_inverted(images, card.mean).sum()):
        print(
            f"warning     {count} of {len(images)} images look inverted, dark where the training images"
            f" are bright: try {'--no-invert' if settings.invert else '--invert'}"
        )
    return Split(images, np.zeros(len(images), np.int64)), [str(file) for file in files]


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


def image_files(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the image files that were named, and those in the folders that were named."""
    files: list[Path] = []
    for name in paths:
        place = find(name)
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
