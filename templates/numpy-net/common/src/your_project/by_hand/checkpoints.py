"""Files of weights and of a run's state: NumPy archives.

They are read without pickle, so that a stranger's file can run no code. They are written whole
or not at all, so that a crash leaves the old file or the new one.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ProjectError
from ..files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from .network import Weights

#: file names of the best weights and of the state to resume from
BEST, LAST = "best.npz", "last.npz"


def save(path: Path, arrays: Weights, facts: dict[str, Any] | None = None) -> None:
    """Write arrays by name, and what JSON can hold beside them."""
    with replacing(path) as draft, draft.open("wb") as file:
        content: dict[str, Any] = {**arrays, "facts": np.array(json.dumps(facts or {}))}
        np.savez(file, **content)


def load(path: Path) -> tuple[Weights, dict[str, Any]]:
    """Read what `save` wrote."""
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
        return arrays, json.loads(str(arrays.pop("facts")))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
        raise ProjectError(f"{path} cannot be read as arrays of this project: {problem}") from None


def put(source: Weights, target: Weights, path: Path) -> None:
    """Copy arrays that were read from a file into those of the same names, which keep their precision."""
    for name, value in target.items():
        if name not in source:
            raise ProjectError(f"{path} belongs to another network: {name} is missing")
        if source[name].shape != value.shape:
            raise ProjectError(
                f"{path} belongs to another network: {name} is {source[name].shape}, not {value.shape}"
            )
    for name, value in target.items():
        value[...] = source[name]
