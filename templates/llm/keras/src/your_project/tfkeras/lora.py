"""LoRA in Keras: small matrices beside frozen dense layers (Hu et al. 2021, https://arxiv.org/abs/2106.09685).

An adapter is a layer of its own that takes a dense layer's inputs; its outputs are added. `Dense.enable_lora`
would do much the same, but it has no dropout, and it saves the sum of weights and adapters, so that the
adapters of the best epoch could not be had alone.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from .. import adapters
from ..adapters import LoRA
from ..engine import ModelCard
from ..errors import ProjectError

ENDING = "_adapter"


@keras.saving.register_keras_serializable(package="your_project")
class Adapter(layers.Layer):
    """What is added to a dense layer's output: `x down up`, scaled; `up` begins at zero."""

    def __init__(
        self, units: int, rank: int, scale: float, *, dropout: float, seed: int, **others: Any
    ) -> None:
        super().__init__(**others)
        self.units, self.rank, self.scale = units, rank, scale
        self.dropout, self.seed = dropout, seed
        self.dropped = layers.Dropout(dropout, seed=seed)

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the matrices for inputs of this shape."""
        inputs = shape[-1]
        # as PyTorch's side begins, and peft: uniform with variance 1 / (3 inputs)
        start = keras.initializers.RandomUniform(
            -1 / math.sqrt(inputs), 1 / math.sqrt(inputs), seed=self.seed
        )
        self.down = self.add_weight(shape=(inputs, self.rank), initializer=start, name="down")
        self.up = self.add_weight(shape=(self.rank, self.units), initializer="zeros", name="up")
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return (..., units) for (..., inputs)."""
        return (
            ops.matmul(ops.matmul(self.dropped(inputs, training=training), self.down), self.up) * self.scale
        )

    def compute_output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the output."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same layer again."""
        own = {"units": self.units, "rank": self.rank, "scale": self.scale}
        return {**super().get_config(), **own, "dropout": self.dropout, "seed": self.seed}


def beside(dense: layers.Dense, x: Any, lora: LoRA | None, seed: int = 0) -> Any:
    """Return the output of a dense layer, with an adapter's if LoRA has one for it.

    It is meant when the last part of the layer's name is: `query_key_value` of `block1_query_key_value`.
    """
    output = dense(x)
    if lora is None or not adapted(dense.name, lora):
        return output
    adapter = Adapter(
        dense.units, lora.rank, lora.scale, dropout=lora.dropout, seed=seed, name=f"{dense.name}{ENDING}"
    )
    return layers.Add(name=f"{dense.name}_sum")([output, adapter(x)])


def of_card(card: ModelCard) -> LoRA | None:
    """Return what a network's card says of LoRA, None where it has none."""
    return LoRA(card.rank, card.alpha, card.adapter_dropout, card.targets) if card.rank else None


def adapted(name: str, lora: LoRA) -> bool:
    """Tell whether a layer of this name gets an adapter."""
    return not lora.targets or any(name == target or name.endswith(f"_{target}") for target in lora.targets)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the frozen body and the adapters, which are the head: all that learns."""
    learning = list(of(network).values())
    body = [layer for layer in network.layers if layer.weights and not isinstance(layer, Adapter)]
    return {"body": body, "head": learning}


def of(network: keras.Model) -> dict[str, Adapter]:
    """Return a network's adapters, by the names of their layers."""
    return {layer.name.removesuffix(ENDING): layer for layer in network.layers if isinstance(layer, Adapter)}


def merge(network: keras.Model, plain: keras.Model) -> None:
    """Put a network's weights, with what its adapters have learned, into one without adapters."""
    added = of(network)
    for layer in (layer for layer in plain.layers if layer.weights):
        weights = network.get_layer(layer.name).get_weights()
        if layer.name in added:
            adapter = added[layer.name]
            down, up = (np.asarray(ops.convert_to_numpy(one)) for one in (adapter.down, adapter.up))
            weights[0] = weights[0] + adapter.scale * (down @ up)
        layer.set_weights(weights)


# --- files: the names and shapes that PyTorch's side and peft have


def path(name: str) -> str:
    """Return how PyTorch's side calls a layer: `block1_expand` is `blocks.0.mlp.expand`."""
    block, _, last = name.partition("_")
    part = "attention" if last in ("query_key_value", "project") else "mlp"
    return f"blocks.{int(block.removeprefix('block')) - 1}.{part}.{last}"


def save(network: keras.Model, lora: LoRA, folder: Path, base: str) -> None:
    """Write the adapters alone, in peft's format."""
    matrices = {
        path(name): (_turned(adapter.down), _turned(adapter.up)) for name, adapter in of(network).items()
    }
    adapters.save(matrices, lora, folder, base)


def load(network: keras.Model, folder: Path) -> None:
    """Put the adapters of a folder, of either framework, into a network that was built with such."""
    matrices, lora = adapters.load(folder)
    own = {path(name): adapter for name, adapter in of(network).items()}
    if own.keys() != matrices.keys():
        raise ProjectError(f"{folder} belongs to a network with adapters beside other layers")
    for name, (down, up) in matrices.items():
        adapter = own[name]
        shapes = tuple(adapter.down.shape)[::-1], tuple(adapter.up.shape)[::-1]
        if (down.shape, up.shape) != shapes or lora.scale != adapter.scale:
            raise ProjectError(f"{folder} belongs to another network: {name} has other sides there")
        adapter.down.assign(down.T)
        adapter.up.assign(up.T)


def _turned(weights: Any) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(ops.convert_to_numpy(weights), np.float32).T)
