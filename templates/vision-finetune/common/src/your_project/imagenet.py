"""What a network that knows ImageNet can name: 1000 things."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .metrics import log_softmax

if TYPE_CHECKING:
    from .data import Split


@cache
def names() -> tuple[str, ...]:
    """Return the classes in the order of the outputs; `imagenet.LICENCE.md` says where they are from."""
    return tuple(Path(__file__).with_name("imagenet.txt").read_text(encoding="utf-8").splitlines())


def guesses(logits: np.ndarray, part: Split, classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what a network with all 1000 outputs mostly sees in the images of each class.

    `logits` have the shape (N, 1000). A row holds `class`, `guess` (the thing that the mean of the shares
    makes most likely) and `share` (that mean, 0..1).
    """
    shares = np.exp(log_softmax(logits))
    rows = []
    for number, name in enumerate(classes):
        mean = shares[part.labels == number].mean(0)
        rows.append({"class": name, "guess": names()[int(mean.argmax())], "share": float(mean.max())})
    return rows
