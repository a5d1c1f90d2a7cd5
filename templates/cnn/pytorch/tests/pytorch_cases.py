"""What the tests of the PyTorch side share: small data, an engine for them, the weights of a network."""

import torch

from your_project import data
from your_project.engine import ModelCard
from your_project.pytorch.engine import PyTorchEngine
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage

# with more threads the order of sums, and so the last digits, could depend on the machine
torch.set_num_threads(1)

# small and plain: no augmentation, no dropout, float32
PLAIN = {
    "data": "digits",
    "width": 8,
    "dropout": 0.0,
    "augment": False,
    "label_smoothing": 0.0,
    "weight_decay": 0.0,
    "precision": "fp32",
    "device": "cpu",
    "batch_size": 32,
}
STAGE = Stage("train", 2, 5e-3)


def settings_of(**changes):
    return Settings(**{**PLAIN, **changes})


def engine_for(images, settings):
    card = ModelCard(
        model=settings.model,
        width=settings.width,
        dropout=settings.dropout,
        image_shape=images.image_shape,
        classes=images.classes,
        mean=images.mean,
        std=images.std,
        framework="pytorch",
    )
    return PyTorchEngine(settings, card)


def fit(folder, images, settings, stages=(STAGE,), body=None):
    """Train in a folder, from another network's body if one is given; return the engine and its history."""
    engine = engine_for(images, settings)
    if body is not None:
        engine.load_body(body)
    run = RunFolder(folder, engine.best, engine.last, resume=settings.resume)
    try:
        engine.fit(images, stages, run)
    finally:
        run.close()
    return engine, run.history()


def digits(**changes):
    return data.load(settings_of(**changes))


def accuracy(engine, split):
    return float((engine.outputs(split).argmax(1) == split.labels).mean())


def weights_of(engine):
    return {name: value.clone() for name, value in engine.network.state_dict().items()}


def changed(before, after):
    """Return the names of what is no longer the same to the last bit."""
    return {name for name in before if not torch.equal(before[name], after[name])}


def without_seconds(history):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history]
