"""LoRA: a frozen network learns through small matrices beside its linear layers (arXiv:2106.09685).

A layer computes W x; with an adapter, W x + (alpha / r) B A x, where A maps to r numbers and B back. Only A
and B learn: of a layer of 4096 x 4096 with r = 8 that is 65 thousand weights in place of 17 million, and so
the gradients and Adam's two averages shrink by as much. B begins at zero, so the network begins as it was;
afterwards B A can be added to W, and costs nothing more.

The adapters lie beside the network, in `network.adapters`, and come to the layers by forward hooks. So the
layers keep their names and types: weights of the plain network load without translation, and any layer can
have an adapter that says how many numbers it takes and gives, a quantised one, too.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from .. import adapters
from ..errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

    from ..adapters import LoRA

Network = TypeVar("Network", bound=nn.Module)

#: where a network keeps its adapters
NAME = "adapters"
#: what a model's output layer is called: it is often tied to the embedding, and then must stay as it is
OUTPUTS = ("head", "lm_head", "output")


class Adapter(nn.Module):
    """What is added to a layer's output: `up(down(x))`, scaled."""

    def __init__(self, inputs: int, outputs: int, lora: LoRA) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.empty(lora.rank, inputs))
        self.up = nn.Parameter(torch.zeros(outputs, lora.rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as a linear layer begins, and as peft does
        self.dropout = nn.Dropout(lora.dropout)
        self.scale = lora.scale

    def forward(self, x: Tensor) -> Tensor:
        # float32 also beside a layer in bfloat16, which would round small steps off
        x = self.dropout(x).to(self.down.dtype)
        return self.scale * linear(linear(x, self.down), self.up)

    def beside(self, layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
        """Add to a layer's output: a forward hook, and a bound method, which `deepcopy` carries over."""
        return output + self(inputs[0]).to(output.dtype)

    @torch.no_grad()
    def change(self) -> Tensor:
        """Return what it adds to the layer's weight, of shape (outputs, inputs)."""
        return self.scale * (self.up @ self.down)


def add(network: nn.Module, lora: LoRA) -> None:
    """Give linear layers adapters, drawn from PyTorch's generator; nothing else learns from now on."""
    if NAME in network._modules:
        raise ValueError("this network has adapters already: merge them first")
    layers = linear_layers(network)
    attach(network, {name: fitting(layers[name], lora) for name in lora.chosen(list(layers), OUTPUTS)})


def fitting(layer: Any, lora: LoRA) -> Adapter:
    """Return a fresh adapter for a layer, on its device."""
    return Adapter(layer.in_features, layer.out_features, lora).to(layer.weight.device)


def attach(network: nn.Module, added: dict[str, Adapter]) -> None:
    """Let adapters work beside the layers of those names; nothing else learns from now on."""
    for name, adapter in added.items():
        network.get_submodule(name).register_forward_hook(adapter.beside)
    network.requires_grad_(requires_grad=False)
    network.add_module(NAME, nn.ModuleDict({key(name): adapter for name, adapter in added.items()}))


def linear_layers(network: nn.Module) -> dict[str, Any]:
    """Return the linear layers by name: all that says `in_features` and `out_features`."""
    return {
        name: layer
        for name, layer in network.named_modules()
        if hasattr(layer, "in_features") and hasattr(layer, "out_features")
    }


def of(network: nn.Module) -> dict[str, Adapter]:
    """Return a network's adapters, by the names of their layers; {} where it has none."""
    found: Any = network._modules.get(NAME) or {}
    return {name: found[key(name)] for name in linear_layers(network) if key(name) in found}


def key(name: str) -> str:
    """Return a layer's name as a module can be called: without dots."""
    return name.replace(".", "-")


def body(network: nn.Module) -> nn.ModuleList:
    """Return all of a network but its adapters: what stays as it is."""
    return nn.ModuleList(part for name, part in network.named_children() if name != NAME)


# --- merging


def merge(network: nn.Module) -> None:
    """Add the adapters to the weights and remove them: the plain network again, that has learned."""
    layers = linear_layers(network)
    for name, adapter in of(network).items():
        if layers[name].weight.dtype not in (torch.float32, torch.float64):
            raise ProjectError(
                f"{name} is kept as {layers[name].weight.dtype}, which would round the adapters' changes off:"
                " merge into the weights as float32"
            )
        layers[name].weight.data += adapter.change()
    remove(network)


def merged(network: Network) -> Network:
    """Return a copy of a network in which the adapters are part of the weights."""
    other = copy.deepcopy(network)
    merge(other)
    return other


def remove(network: nn.Module) -> None:
    """Take the adapters off; the layers compute what they did before."""
    layers = linear_layers(network)
    for name, adapter in of(network).items():
        hooks = layers[name]._forward_hooks
        for number in [number for number, hook in hooks.items() if hook == adapter.beside]:
            del hooks[number]
    if NAME in network._modules:
        del network._modules[NAME]


# --- files


def save(network: nn.Module, lora: LoRA, folder: Path, base: str) -> None:
    """Write the adapters alone, in peft's format."""
    matrices = {name: (_array(adapter.down), _array(adapter.up)) for name, adapter in of(network).items()}
    adapters.save(matrices, lora, folder, base)


def load(network: nn.Module, folder: Path) -> LoRA:
    """Give a network the adapters of a folder that `save` or peft wrote; return what they are like."""
    matrices, lora = adapters.load(folder)
    layers = linear_layers(network)
    if unknown := [name for name in matrices if name not in layers]:
        raise ProjectError(f"{folder} belongs to another network: it has no layer {', '.join(unknown[:3])}")
    added = {}
    for name, (down, up) in matrices.items():
        adapter = fitting(layers[name], lora)
        if (down.shape, up.shape) != (adapter.down.shape, adapter.up.shape):
            raise ProjectError(f"{folder} belongs to another network: {name} has other sides there")
        with torch.no_grad():
            adapter.down.copy_(torch.from_numpy(down))
            adapter.up.copy_(torch.from_numpy(up))
        added[name] = adapter
    attach(network, added)
    return lora


def _array(weights: Tensor) -> Any:
    return weights.detach().float().cpu().contiguous().numpy()
