"""What a network of another package is made of, from the input to the head: found by looking, not by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator


def weight(module: nn.Module) -> int:
    """Return how many numbers of a module learn."""
    return sum(one.numel() for one in module.parameters())


def passed(body: nn.Module, size: int) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """Return a body's modules in the order in which one image is through with them, last time it is there.

    With each stands the shape of what it gives, () where that is no tensor.
    """
    found: dict[nn.Module, tuple[int, ...]] = {}

    def note(module: nn.Module, _: object, given: object) -> None:
        found.pop(module, None)  # the last time counts
        found[module] = tuple(given.shape) if isinstance(given, Tensor) else ()

    handles = [one.register_forward_hook(note) for one in body.modules()]
    training = body.training
    try:
        with torch.no_grad():
            body.eval()(torch.zeros(1, 3, size, size))
    finally:
        body.train(training)
        for handle in handles:
            handle.remove()
    return list(found.items())


def learning(body: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the parts of a body that have weights: single layers, and of deep networks block by block.

    Rows are taken apart, and so is what holds a row of blocks, as a transformer's encoder; a block is not.
    """
    loose = list(body.parameters(recurse=False))
    if loose:  # positions and class tokens of transformers
        yield f"{prefix}tokens", nn.ParameterList(loose)
    for name, child in body.named_children():
        if is_row(child) or (not is_row(body) and holds_blocks(child)):
            yield from learning(child, f"{prefix}{name}.")
        elif weight(child):
            yield f"{prefix}{name}", child


def is_row(module: nn.Module) -> bool:
    """Tell whether a module is nothing but others in a row."""
    return type(module) in (nn.Sequential, nn.ModuleList)  # heirs of them are layers with a name of their own


def holds_blocks(module: nn.Module) -> bool:
    """Tell whether a module holds a row of several modules that are made of others."""
    rows = (row for row in module.children() if is_row(row))
    return any(sum(any(map(weight, one.children())) for one in row.children()) > 1 for row in rows)
