"""What the tests of the Keras side share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from your_project import data, imagenet, photos
from your_project.data import Data, Split
from your_project.engine import card_of
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine

PLAIN = Settings(device="cpu", precision="fp32", batch_size=25)  # what programs make of 32 for 200 images


@cache
def images(size: int = 64) -> Data:
    return data.load(replace(PLAIN, image_size=size))


def engine(settings: Settings = PLAIN, *, known: bool = True, size: int = 64) -> KerasEngine:
    made = KerasEngine(settings, card_of(images(size), settings, "keras"))
    if known:
        made.load_imagenet()
    return made


def knowing() -> KerasEngine:
    """Return the network with its own head of 1000 classes, for whole photographs."""
    card = replace(card_of(images(), PLAIN, "keras"), classes=imagenet.names(), image_shape=(224, 224, 3))
    made = KerasEngine(PLAIN, card)
    made.load_imagenet(head=True)
    return made


def fit(made: KerasEngine, stages: tuple[Stage, ...], folder: Path, size: int = 64) -> KerasEngine:
    made.fit(images(size), stages, RunFolder(folder, made.best, made.last))
    return made


def accuracy(made: KerasEngine) -> float:
    test = images().test
    return float((made.outputs(test).argmax(1) == test.labels).mean())


def whole(*names: str) -> Split:
    """Return the middle of photographs, as large as the ImageNet weights were trained with."""
    found = []
    for name in names:
        photo = photos.photograph(*photos.PHOTOS[name], 224)
        left = (photo.shape[1] - 224) // 2
        found.append(photo[:, left : left + 224])
    return Split(np.stack(found), np.zeros(len(names), np.int64))
