"""Files of weights (safetensors) and of a run's state (`last.pt`).

Neither format can carry code: safetensors holds arrays only, and the state is read with `weights_only=True`.
Both are written whole or not at all, so that a crash leaves the old file or the new one.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import safetensors.torch
import torch
from safetensors import SafetensorError

from ..errors import ProjectError
from ..files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

#: file names of the best weights and of the state to resume from
BEST, LAST = "best.safetensors", "last.pt"


def save_weights(network: nn.Module, path: Path) -> None:
    """Write a network's weights and BatchNorm statistics."""
    write_weights(network.state_dict(), path)


def write_weights(state: dict[str, torch.Tensor], path: Path) -> None:
    """Write what a network's `state_dict` holds."""
    weights = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    with replacing(path) as draft:
        safetensors.torch.save_file(weights, draft, metadata={"format": "pt"})


def load_weights(network: nn.Module, path: Path, *, without: str = "") -> None:
    """Read weights into a network, except those whose names begin with `without`; they stay as they are."""
    try:
        weights = safetensors.torch.load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise ProjectError(f"{path} cannot be read as weights: {error}") from error
    own = network.state_dict()
    if without:
        weights = {name: value for name, value in weights.items() if not name.startswith(without)}
        own = {name: value for name, value in own.items() if not name.startswith(without)}
    if differences := _differences(own, weights):
        raise ProjectError(f"{path} belongs to another network: {'; '.join(differences)}")
    network.load_state_dict(weights, strict=False)


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write a run's state: tensors, numbers, text, lists and dictionaries of them."""
    with replacing(path) as draft:
        torch.save(state, draft)


def load_state(path: Path) -> dict[str, Any]:
    """Read a run's state; its tensors lie on the CPU."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ProjectError(f"{path} cannot be read as the state of a run: {first}") from error
    if not isinstance(state, dict):
        raise ProjectError(f"{path} is not the state of a run")
    return state


def _differences(own: dict[str, torch.Tensor], weights: dict[str, torch.Tensor]) -> list[str]:
    """Return what does not fit, at most three lines of each kind."""
    missing = [f"{name} is missing" for name in own if name not in weights]
    foreign = [f"{name} is unknown" for name in weights if name not in own]
    shapes = [
        f"{name} is {tuple(weights[name].shape)}, not {tuple(own[name].shape)}"
        for name in own
        if name in weights and weights[name].shape != own[name].shape
    ]
    return missing[:3] + foreign[:3] + shapes[:3]
