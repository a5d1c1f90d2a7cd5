"""Which weights learn, how fast, and which of them decay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn.modules.batchnorm import _BatchNorm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stages import Stage


def shares(names: list[str], stage: Stage) -> dict[str, float]:
    """Return each section's share of the learning rate; sections are named from the input to the head.

    Early sections hold what all tasks have in common and late ones what one task needs, so those nearer to
    the input change less: the last section of the body has `stage.body`, each one before it less by the
    factor `stage.layer_decay` (discriminative rates: Howard and Ruder 2018, arXiv:1801.06146). Of a body that
    is unfrozen bit by bit, only the last `stage.open` sections learn.
    """
    *body, head = names
    learning = stage.open or len(body)
    share = {
        name: stage.body * stage.layer_decay**distance if distance < learning else 0.0
        for distance, name in enumerate(reversed(body))
    }
    return {**{name: share[name] for name in body}, head: 1.0}


def freeze(sections: Mapping[str, torch.nn.Module], stage: Stage) -> list[torch.nn.Module]:
    """Let the sections that have a share learn; return the normalisations whose averages stay as they are.

    Of a section that is held nothing changes, but its dropout goes on: it regularises what learns behind it.
    """
    held: list[torch.nn.Module] = []
    for name, share in shares(list(sections), stage).items():
        sections[name].requires_grad_(share > 0)
        # the averages of few images are poorer than those that a body brings
        if share == 0 or not stage.averages:
            norms = [one for one in sections[name].modules() if isinstance(one, _BatchNorm)]
            held += [one.requires_grad_(False) for one in norms]
    return held


def make_optimiser(
    sections: Mapping[str, torch.nn.Module], stage: Stage, weight_decay: float
) -> torch.optim.AdamW:
    """Return AdamW over what learns in a stage; each group keeps its peak rate under the key `peak`."""
    groups = []
    for name, share in shares(list(sections), stage).items():
        parameters = [p for p in sections[name].parameters() if p.requires_grad]
        peak = stage.learning_rate * share
        # Decay pulls weights towards zero. Biases and the scales of normalisation, which have a single axis,
        # have no reason to be small.
        for decay, chosen in (
            (weight_decay, [p for p in parameters if p.ndim > 1]),
            (0.0, [p for p in parameters if p.ndim <= 1]),
        ):
            if chosen:
                groups.append({"params": chosen, "weight_decay": decay, "lr": peak, "peak": peak})
    return torch.optim.AdamW(groups, eps=1e-8, fused=True)  # fused: one kernel for all weights


def schedule(step: int, steps: int, warmup: float) -> float:
    """Return the share of the peak rate at a step of a stage: a linear rise, then half a cosine to zero.

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
