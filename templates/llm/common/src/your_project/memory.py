"""How much memory training takes, told before it begins, and what each choice would change.

What is counted: weights, gradients, Adam's two averages, and the activations that the way back needs. What is
not: the framework itself (on a processor about 0.3 GB of PyTorch, 0.7 GB of Keras with TensorFlow), what
single operations hold for a moment, and gaps. With these a process grows by about half more.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings

FLOAT = 4  # bytes; weights, gradients and averages are float32 in every precision here
ACTIVATION = {"fp32": 4, "bf16": 2, "fp16": 2}


@dataclass(frozen=True)
class Plan:
    """Bytes of memory, by what they hold."""

    weights: int
    gradients: int
    optimiser: int
    activations: int  # of one part of a batch
    cache: int  # keys and values of one full context, when text is written

    @property
    def training(self) -> int:
        """What training takes at most."""
        return self.weights + self.gradients + self.optimiser + self.activations

    def shared(self, processes: int) -> Plan:
        """Return what each of several processes takes between which the weights are split."""
        weights, gradients, optimiser = (
            -(-count // processes) for count in (self.weights, self.gradients, self.optimiser)
        )
        return replace(self, weights=weights, gradients=gradients, optimiser=optimiser)

    def words(self, there: int) -> str:
        """Return the plan as one line; `there` is what the device has left, in bytes, 0 = unknown."""
        parts = (
            ("weights", self.weights),
            ("gradients", self.gradients),
            ("Adam", self.optimiser),
            ("activations", self.activations),
        )
        told = " + ".join(f"{name} {size(count)}" for name, count in parts)
        return f"{size(self.training)} = {told}" + (f"; {size(there)} are there" if there else "")


def plan(card: ModelCard, settings: Settings, precision: str, trainable: int, processes: int = 1) -> Plan:
    """Return what training a network takes of each process; `trainable` is how many of its weights learn."""
    number = ACTIVATION[precision]
    share = -(-settings.batch_size // processes)  # of a batch, which is computed in parts
    rows = -(-share // settings.accumulate)
    copies = (
        number * parameters(card) if number < FLOAT else 0
    )  # of the weights, in the precision of products
    return Plan(
        weights=FLOAT * parameters(card),
        gradients=FLOAT * trainable,
        optimiser=2 * FLOAT * trainable,
        activations=copies + rows * card.context * activations(card, number, recompute=settings.recompute),
        cache=2 * number * card.layers * card.context * card.width,
    )


def parameters(card: ModelCard) -> int:
    """Return how many weights a network has."""
    width = card.width
    whole = 12 * width**2 + 2 * width  # queries, keys, values 3, projection 1, MLP 4 + 4; two normalisations
    lora = {"query_key_value": 4, "project": 2, "expand": 5, "contract": 5}  # inputs and outputs, in widths
    adapters = card.rank * width * sum(lora[name] for name in card.targets or lora) if card.rank else 0
    return card.tokens * width + card.layers * (whole + adapters) + width


def activations(card: ModelCard, number: int, *, recompute: bool) -> int:
    """Return the bytes that the way back needs for each token; `number` are those of one number."""
    # the stream, what was normalised of it before and after the scale, and the logits' softmax in float32
    output = (2 * FLOAT + number) * card.width + FLOAT * card.tokens
    if recompute:  # the stream between the blocks, and all of the one that is computed again
        return card.layers * FLOAT * card.width + block(card, number) + output
    return card.layers * block(card, number) + output


def block(card: ModelCard, number: int) -> int:
    """Return the bytes that the way back through a block needs for each token.

    In widths: before each half the stream and what was normalised of it, as float32; then, in the precision
    of matrix products, the two normalised inputs (2), queries, keys and values (3), the first two of them
    rotated (2), attention's output as it is and in the order of features (2), the MLP's inner features
    before and after the nonlinearity (4 + 4).
    """
    plain = (4 * FLOAT + 17 * number) * card.width
    masks = 2 * FLOAT * card.width if card.dropout else 0
    # Keras' attention holds all of its scores, before and after the softmax; PyTorch's only under dropout
    scores = 2 * FLOAT * card.heads * card.context if card.dropout or card.framework == "keras" else 0
    return plain + masks + scores


def available() -> int:
    """Return the bytes of main memory that are left for a program, 0 = unknown."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows, macOS
        return 0


def size(count: float) -> str:
    """Return bytes as one reads them."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
