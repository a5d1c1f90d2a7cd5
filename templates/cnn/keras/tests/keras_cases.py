"""What the tests of the Keras side share: small trainings, and what they leave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from your_project.data import Data
from your_project.run_folder import RunFolder, read_history
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine
from your_project.training import card_of, whole_training

SMALL = Settings(data="digits", width=8, epochs=4, batch_size=32, device="cpu", precision="fp32")
PLAIN = replace(SMALL, model="lenet")  # half the time to compile, where any network will do


def engine(settings: Settings, images: Data) -> KerasEngine:
    return KerasEngine(settings, card_of(images, settings, "keras"))


def run_folder(folder: Path, resume: bool = False) -> RunFolder:
    return RunFolder(folder, KerasEngine.best, KerasEngine.last, resume=resume)


def trained(settings: Settings, images: Data, folder: Path, stages: tuple[Stage, ...] = ()) -> KerasEngine:
    made = engine(settings, images)
    made.fit(images, stages or whole_training(settings), run_folder(folder, resume=settings.resume))
    return made


def weights(made: KerasEngine) -> list[np.ndarray]:
    return [np.array(weight) for weight in made.network.get_weights()]


def accuracy(made: KerasEngine, images: Data) -> float:
    return float((made.outputs(images.test).argmax(1) == images.test.labels).mean())


def history(folder: Path) -> list[dict[str, float]]:
    rows = read_history(folder)
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]
