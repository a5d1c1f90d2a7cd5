"""What the tests of the PyTorch side share: small data, an engine for them, a training."""

from __future__ import annotations

import torch

from your_project import data
from your_project.engine import card_of
from your_project.pytorch.engine import PyTorchEngine
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.training import whole_training

# with more threads the order of sums, and so the last digits, could depend on the machine
torch.set_num_threads(1)

PLAIN = {"data": "products-en", "width": 16, "length": 24, "precision": "fp32", "device": "cpu"}


def settings_of(**changes):
    return Settings(**{**PLAIN, **changes})


def engine_for(texts, settings, card=None):
    return PyTorchEngine(settings, card or card_of(texts, settings, "pytorch"))


def fit(folder, texts, settings, stages=None, card=None, body=None):
    """Train in a folder, from another network's body if one is given; return the engine and its history."""
    engine = engine_for(texts, settings, card)
    if body is not None:
        engine.load_body(body)
    run = RunFolder(folder, engine.best, engine.last, resume=settings.resume)
    try:
        engine.fit(texts, stages or whole_training(settings), run)
    finally:
        run.close()
    return engine, run.history()


def texts_of(settings):
    return data.load(settings)


def accuracy(engine, part):
    return float((engine.outputs(part).argmax(1) == part.labels).mean())
