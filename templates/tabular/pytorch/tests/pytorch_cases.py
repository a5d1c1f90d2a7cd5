"""What the tests of the PyTorch side share: small trainings, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from your_project.data import Data
from your_project.engine import card_of
from your_project.pytorch.engine import PyTorchEngine
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.training import whole_training

SMALL = {"data": "wine", "width": 16, "members": 4, "epochs": 4, "batch_size": 16, "device": "cpu"}


def settings_of(**changes: Any) -> Settings:
    return Settings(**{**SMALL, **changes})


def engine_for(rows: Data, settings: Settings) -> PyTorchEngine:
    return PyTorchEngine(settings, card_of(rows, settings, "pytorch"))


def fit(
    folder: Path, engine: PyTorchEngine, rows: Data, stages: tuple[Stage, ...] = ()
) -> list[dict[str, float]]:
    """Train in a folder; return the history without seconds."""
    run = RunFolder(folder, engine.best, engine.last, resume=engine.settings.resume)
    try:
        engine.fit(rows, stages or whole_training(engine.settings), run)
    finally:
        run.close()
    return [{name: value for name, value in row.items() if name != "seconds"} for row in run.history()]
