"""From shares to a decision: the threshold of a network, which lies in a file beside its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import ranking
from .files import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from .engine import ModelCard

FILE = "threshold.json"
HALF = 0.5


def choose(card: ModelCard, logits: np.ndarray, labels: np.ndarray, aim: str) -> float:
    """Return the threshold that does best on these rows: those of validation."""
    if not card.positive:
        return HALF
    at = card.classes.index(card.positive)
    return ranking.choose(ranking.shares(logits)[:, at], labels == at, aim)


def write(folder: Path, threshold: float, aim: str) -> None:
    """Keep a threshold."""
    write_json(folder / FILE, {"threshold": threshold, "chosen for": aim, "on": "validation rows"})


def beside(weights: Path) -> float:
    """Return the threshold that lies beside weights; the half where there is none."""
    file = weights.with_name(FILE)
    return float(read_json(file)["threshold"]) if file.is_file() else HALF


def decide(card: ModelCard, shares: np.ndarray, threshold: float) -> np.ndarray:
    """Return the index of the class that each row is called."""
    if not card.positive:
        told: np.ndarray = shares.argmax(1)
        return told
    at = card.classes.index(card.positive)
    return np.where(shares[:, at] >= threshold, at, 1 - at)
