"""All that an exact resume needs, in one file: how far the run has come, the network and the optimiser.

The file is a NumPy archive that is read without pickle, so that a stranger's file can do no harm.
"""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..errors import ProjectError
from ..files import replacing

#: file names of the best weights and of the state to resume from
BEST, LAST = "best.weights.h5", "last.npz"


@dataclass
class Position:
    """How far a run has come, and how well it has done; the callbacks keep it up to date."""

    stage: int = 0  # index of the stage that is running
    stage_epoch: int = 0  # finished epochs of it
    stage_best: float = math.inf  # its lowest validation loss
    waited: int = 0  # its epochs since then
    epoch: int = 0  # finished epochs of all stages
    best: float = math.inf  # lowest validation loss of all stages
    plan: list[dict[str, Any]] = field(default_factory=list)  # what a resumed run must have in common


def save_state(file: Path, now: Position, network: keras.Model, optimiser: keras.Optimizer) -> None:
    """Write the state, replacing the old one at once: a kill leaves one or the other, never half of one."""
    # `variables` rather than `weights`: they include the states of dropout's random numbers.
    arrays: dict[str, Any] = {
        f"network/{n}": _array(variable) for n, variable in enumerate(network.variables)
    }
    arrays |= {f"optimiser/{n}": _array(variable) for n, variable in enumerate(optimiser.variables)}
    with replacing(file) as draft, draft.open("wb") as handle:
        np.savez(handle, position=np.array(json.dumps(asdict(now))), **arrays)


def load_position(file: Path, plan: list[dict[str, Any]]) -> Position:
    """Return how far the run had come; the plan is the one that it shall go on with."""
    try:
        with np.load(file, allow_pickle=False) as content:
            now = Position(**json.loads(str(content["position"])))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
        raise ProjectError(f"cannot resume from {file} ({problem}); start a new run") from None
    if now.plan != plan:
        raise ProjectError(f"{file} belongs to a run with other epochs, rates or batches; start a new run")
    return now


def load_state(file: Path, kind: str, owner: keras.Model | keras.Optimizer) -> None:
    """Put the saved variables of the `network` or the `optimiser` back."""
    with np.load(file, allow_pickle=False) as content:
        count = sum(name.startswith(f"{kind}/") for name in content)
        stored = [content[f"{kind}/{n}"] for n in range(count)]
    if [array.shape for array in stored] != [tuple(variable.shape) for variable in owner.variables]:
        raise ProjectError(f"{file} belongs to another network; start a new run")
    for variable, array in zip(owner.variables, stored, strict=True):
        variable.assign(array)


def _array(variable: keras.Variable) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(variable))
