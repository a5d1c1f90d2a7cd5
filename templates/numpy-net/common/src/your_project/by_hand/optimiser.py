"""How gradients change the weights: AdamW, the rates of the layers, and the schedule.

The frameworks do the same: from the same weights, with the same batches, all three take the same steps.

Adam: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1. Decoupled decay: Loshchilov and Hutter
2019, https://arxiv.org/abs/1711.05101.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .network import SECTIONS

if TYPE_CHECKING:
    from ..stages import Stage
    from .network import Weights

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class AdamW:
    """Moves each weight by about its rate, against the sign of its gradient."""

    def __init__(self, weights: Weights, weight_decay: float) -> None:
        self.weights, self.weight_decay = weights, weight_decay
        self.steps = 0
        self.means = {name: np.zeros_like(value) for name, value in weights.items()}
        self.squares = {name: np.zeros_like(value) for name, value in weights.items()}

    def step(self, gradients: Weights, rates: dict[str, float]) -> None:
        """Change the weights in place; a section whose rate is 0 stays as it is."""
        self.steps += 1
        # both averages began at 0: without this correction the first steps would be far too short
        mean_share, square_share = 1 - BETA1**self.steps, 1 - BETA2**self.steps
        for name, weight in self.weights.items():
            rate = rates[name.split(".")[0]]
            if not rate:
                continue
            mean, square, gradient = self.means[name], self.squares[name], gradients[name]
            mean += (1 - BETA1) * (gradient - mean)
            square += (1 - BETA2) * (gradient**2 - square)
            change = (mean / mean_share) / (np.sqrt(square / square_share) + EPSILON)
            if weight.ndim > 1:  # decay pulls towards 0, and a bias has no reason to be small
                change += self.weight_decay * weight
            weight -= rate * change

    def state(self) -> Weights:
        """Return what a resumed run needs, beside the weights."""
        return {
            **{f"mean.{name}": value for name, value in self.means.items()},
            **{f"square.{name}": value for name, value in self.squares.items()},
            "steps": np.array(self.steps),
        }

    def restore(self, state: Weights) -> None:
        """Go back to a state."""
        self.steps = int(state["steps"])
        for name in self.weights:
            self.means[name][...] = state[f"mean.{name}"]
            self.squares[name][...] = state[f"square.{name}"]


def peak_rates(stage: Stage) -> dict[str, float]:
    """Return the peak learning rate of each section in a stage."""
    *body, head = SECTIONS
    shares = {name: stage.body * stage.layer_decay**depth for depth, name in enumerate(reversed(body))}
    return {name: share * stage.learning_rate for name, share in {**shares, head: 1.0}.items()}


def schedule(step: int, steps: int, warmup: float) -> float:
    """Return the share of the peak rate at a step of a stage: a linear rise, then half a cosine to zero.

    Adam's first estimates are noisy, so the first steps are small; the last ones are small to settle.
    """
    rising = max(1, round(warmup * steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def clip(gradients: Weights, most: float) -> None:
    """Shorten the gradients, taken together as one arrow, to this length where they are longer (0: never).

    What does not learn must not be among them: it would make the others shorter.
    """
    length = math.sqrt(sum(float((value**2).sum()) for value in gradients.values()))
    if 0 < most < length:
        for value in gradients.values():
            value *= most / length
