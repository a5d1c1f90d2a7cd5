"""What the tests share: which frameworks the project has, and small trainings with each of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from your_project import engines
from your_project.engine import card_of
from your_project.run_folder import RunFolder, read_history
from your_project.settings import Settings
from your_project.training import make_engine, whole_training

SOURCE = Path(engines.__file__).parent
#: numpy, and those that were chosen
ALL = [name for name, folder in engines.FOLDERS.items() if (SOURCE / folder).is_dir()]
OTHERS = [name for name in ALL if name != "numpy"]

each = pytest.mark.parametrize("framework", ALL)
#: the frameworks take seconds where NumPy takes parts of one, so that three seeds are for NumPy
each_and_seeds = pytest.mark.parametrize(
    ("framework", "seed"),
    [
        *(("numpy", seed) for seed in (0, 1, 2)),
        *(pytest.param(name, 0, marks=pytest.mark.slow) for name in ALL if name != "numpy"),
    ],
)
each_other = pytest.mark.parametrize("framework", OTHERS)


def settings_of(**changes):
    return Settings(**{"device": "cpu", **changes})


def fit(framework, folder, samples, settings, stages=(), card=None, body=None):
    """Train in a folder, from another network's body if one is given; return the engine."""
    engine = make_engine(framework, settings, card or card_of(samples, settings, framework))
    if body:
        engine.load_body(body)
    run = RunFolder(folder, engine.best, engine.last, resume=settings.resume)
    try:
        engine.fit(samples, stages or whole_training(settings), run)
    finally:
        run.close()
    return engine


def accuracy(engine, part):
    return float((engine.outputs(part).argmax(1) == part.labels).mean())


def history(folder):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in read_history(folder)]


def losses(folder):
    return np.array([row["train_loss"] for row in read_history(folder)])
