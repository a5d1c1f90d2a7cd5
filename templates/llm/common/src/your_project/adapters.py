"""Adapters on disk, in the format of Hugging Face's `peft`: two small files, the base model is not in them.

`adapter_model.safetensors` holds two matrices for each adapted layer, `adapter_config.json` says how they are
applied. `peft.PeftModel.from_pretrained` loads what this project writes; each framework reads the other's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import safetensors.numpy
from safetensors import SafetensorError

from .errors import ProjectError
from .files import read_json, replacing, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

#: the folder of a run that holds them
ADAPTER = "adapter"
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
#: how peft names what it wraps
PREFIX = "base_model.model."

#: of each adapted layer, by its name in the model: `down`, (rank, inputs), and `up`, (outputs, rank)
Matrices = dict[str, tuple["np.ndarray", "np.ndarray"]]


@dataclass(frozen=True)
class LoRA:
    """Which layers get adapters, and what these are like (Hu et al. 2021, arXiv:2106.09685)."""

    rank: int = 8
    alpha: float = 16.0  # an adapter's output is scaled by alpha / rank: its size does not hang on the rank
    dropout: float = 0.0  # of the adapters' inputs
    targets: tuple[str, ...] = ()  # last parts of layers' names; () = every linear layer but the output head

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ValueError(f"the rank of an adapter must be at least 1, not {self.rank}")
        if not self.alpha > 0:
            raise ValueError(f"an adapter's alpha must be above 0, not {self.alpha}: nothing would be added")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"an adapter's dropout is a share below 1, not {self.dropout}")

    @property
    def scale(self) -> float:
        """Return what an adapter's output is multiplied by."""
        return self.alpha / self.rank

    def chosen(self, names: list[str], without: tuple[str, ...] = ()) -> list[str]:
        """Return those of the layers' names that get an adapter; `without` are never chosen by default."""
        if not self.targets:
            return [name for name in names if name not in without]
        lasts = {name.rpartition(".")[2] for name in names}
        if unknown := [target for target in self.targets if target not in lasts]:
            raise ProjectError(
                f"no linear layer is called {', '.join(unknown)}; there are {', '.join(sorted(lasts))}"
            )
        return [name for name in names if name.rpartition(".")[2] in self.targets]


def save(matrices: Matrices, lora: LoRA, folder: Path, base: str) -> None:
    """Write adapters; `base` says for the reader (and for peft) which model they belong to."""
    tensors: dict[str, np.ndarray] = {}
    for name, (down, up) in matrices.items():
        tensors[f"{PREFIX}{name}.lora_A.weight"] = down
        tensors[f"{PREFIX}{name}.lora_B.weight"] = up
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": lora.rank,
        "lora_alpha": lora.alpha,
        "lora_dropout": lora.dropout,
        # whole names: `project` alone would also fit a layer of that name that has no adapter
        "target_modules": sorted(matrices),
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / WEIGHTS) as draft:
        safetensors.numpy.save_file(tensors, draft, metadata={"format": "pt"})
    write_json(folder / CONFIG, config)


def load(folder: Path) -> tuple[Matrices, LoRA]:
    """Read adapters; what is missing or of another kind is a `ProjectError` that names the file."""
    config = read_json(folder / CONFIG)
    if config.get("peft_type") != "LORA":
        raise ProjectError(f"{folder / CONFIG} describes {config.get('peft_type')} adapters, not LORA")
    if unread := [
        key for key in ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern") if config.get(key)
    ]:
        raise ProjectError(
            f"{folder / CONFIG} uses {', '.join(unread)}, which is not plain LoRA: load it by peft"
        )
    try:
        tensors = safetensors.numpy.load((folder / WEIGHTS).read_bytes())
        lora = LoRA(int(config["r"]), float(config["lora_alpha"]), float(config.get("lora_dropout", 0)))
        matrices = _pairs(tensors)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as problem:
        raise ProjectError(f"{folder} does not hold LoRA adapters: {json.dumps(str(problem))}") from None
    return matrices, lora


def _pairs(tensors: Mapping[str, np.ndarray]) -> Matrices:
    ending = ".lora_A.weight"
    return {
        name.removeprefix(PREFIX).removesuffix(ending): (down, tensors[name.replace(".lora_A.", ".lora_B.")])
        for name, down in tensors.items()
        if name.endswith(ending)
    }
