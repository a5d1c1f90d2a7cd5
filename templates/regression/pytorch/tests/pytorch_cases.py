"""What the tests of the PyTorch side share."""

import torch

from your_project import data
from your_project.engine import card_of
from your_project.pytorch.engine import PyTorchEngine
from your_project.regression_metrics import regression
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.training import whole_training

# with more threads the order of sums, and so the last digits, could depend on the machine
torch.set_num_threads(1)


def settings_of(**changes):
    return Settings(**{"device": "cpu", **changes})


def engine_for(rows, settings, card=None):
    return PyTorchEngine(settings, card or card_of(rows, settings, "pytorch"))


def fit(folder, rows, settings, stages=(), engine=None):
    """Train in a folder; return the engine and its history."""
    engine = engine or engine_for(rows, settings)
    run = RunFolder(folder, engine.best, engine.last, resume=settings.resume)
    try:
        engine.fit(rows, stages or whole_training(settings), run)
    finally:
        run.close()
    return engine, run.history()


def measured(engine, part):
    return regression(engine.outputs(part), part.targets)


def cars(**changes):
    return data.load(settings_of(**changes))
