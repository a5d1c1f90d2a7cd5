"""What the tests of the PyTorch side share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from your_project import data, imagenet, photos
from your_project.data import Data, Split
from your_project.engine import card_of
from your_project.pytorch.engine import PyTorchEngine
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage

PLAIN = Settings(device="cpu", precision="fp32", batch_size=25)  # what programs make of 32 for 200 images


@cache
def images(size: int = 64) -> Data:
    return data.load(replace(PLAIN, image_size=size))


def engine(settings: Settings = PLAIN, *, known: bool = True, size: int = 64) -> PyTorchEngine:
    made = PyTorchEngine(settings, card_of(images(size), settings, "pytorch"))
    if known:
        made.load_imagenet()
    return made


def knowing(size: int = 64) -> PyTorchEngine:
    """Return the network with its own head of 1000 classes."""
    card = replace(card_of(images(size), PLAIN, "pytorch"), classes=imagenet.names())
    made = PyTorchEngine(PLAIN, card)
    made.load_imagenet(head=True)
    return made


def fit(made: PyTorchEngine, stages: tuple[Stage, ...], folder: Path, size: int = 64) -> PyTorchEngine:
    made.fit(images(size), stages, RunFolder(folder, made.best, made.last))
    return made


def accuracy(made: PyTorchEngine) -> float:
    test = images().test
    return float((made.outputs(test).argmax(1) == test.labels).mean())


def whole(name: str) -> Split:
    """Return the middle of a photograph, as large as the ImageNet weights were trained with."""
    photo = photos.photograph(*photos.PHOTOS[name], 224)
    left = (photo.shape[1] - 224) // 2
    return Split(photo[None, :, left : left + 224], np.zeros(1, np.int64))
