"""Which weights learn, how fast, and which of them decay."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from ..engine import Stage


def rates(names: list[str], stage: Stage) -> dict[str, float]:
    """The peak learning rate of each section of a network, named from the input to the head.

    Early sections hold what all tasks share and late ones what a task needs, so those nearer to the input
    change less: the last section of the body learns at `stage.body` of the head's rate, each one before
    it slower by `stage.layer_decay` (discriminative rates: Howard and Ruder 2018, arXiv:1801.06146).
    """
    *body, head = names
    share = {name: stage.body * stage.layer_decay**distance for distance, name in enumerate(reversed(body))}
    return {name: stage.learning_rate * share.get(name, 1.0) for name in [*body, head]}


def freeze(sections: Mapping[str, nn.Module], stage: Stage) -> list[nn.Module]:
    """Let a stage's sections learn and hold the others; returns those that are held."""
    held = []
    for name, rate in rates(list(sections), stage).items():
        sections[name].requires_grad_(rate > 0)
        if rate == 0:
            held.append(sections[name])
    return held


def make_optimiser(sections: Mapping[str, nn.Module], stage: Stage, weight_decay: float) -> torch.optim.AdamW:
    """AdamW over what learns in a stage; each group keeps its peak rate under the key `peak`."""
    groups = []
    for name, rate in rates(list(sections), stage).items():
        parameters = [p for p in sections[name].parameters() if p.requires_grad]
        # Decay pulls weights towards zero. Biases and the scales of normalisation (one axis) have no reason to be small.
        for decay, chosen in (
            (weight_decay, [p for p in parameters if p.ndim > 1]),
            (0.0, [p for p in parameters if p.ndim <= 1]),
        ):
            if chosen:
                groups.append({"params": chosen, "weight_decay": decay, "lr": rate, "peak": rate})
    return torch.optim.AdamW(groups, eps=1e-8, fused=True)  # fused: one kernel for all weights


def schedule(step: int, steps: int, warmup: float) -> float:
    """The share of the peak rate at one of a stage's steps: a linear rise, then half a cosine down to zero.

    Adam's first estimates are noisy, so the first steps are small; the last ones are small to settle.
    """
    rising = max(1, round(warmup * steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def set_rates(optimiser: torch.optim.Optimizer, share: float) -> None:
    """Set every group to a share of its peak rate."""
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * share
