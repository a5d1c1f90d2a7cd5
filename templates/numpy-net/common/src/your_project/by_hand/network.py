"""The whole network: what it computes, and how its loss changes with each of its weights.

    normal = (inputs - mean) / std
    sums   = normal @ hidden.weight + hidden.bias       what each hidden unit adds up
    hidden = bend(sums)                                 tanh, sigmoid or ReLU
    scores = hidden @ head.weight + head.bias           one of each class: the logits
    shares = softmax(scores)                            positive, with the sum 1
    loss   = mean over the samples of -log(share of the true class)

Without the bend both layers would be a single one: a product of matrices is a matrix. `backward` walks up
from the loss to the weights with the chain rule. Arrays have one row a sample: `normal` is (N, features),
`sums` and `hidden` are (N, hidden), `scores` and `shares` (N, classes). Each derivative has the shape of what
the loss is derived by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..engine import ModelCard

#: arrays by name: the weights, or the derivatives of the loss by them
Weights = dict[str, np.ndarray]

#: the layers, by the name of their weights, from the input to the head
SECTIONS = ("hidden", "head")


def sigmoid(sums: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-sums)); written with tanh it overflows for no number."""
    squeezed: np.ndarray = 0.5 * (1 + np.tanh(0.5 * sums))
    return squeezed


def relu(sums: np.ndarray) -> np.ndarray:
    """Return the sums that are positive, 0 for the others."""
    positive: np.ndarray = np.maximum(sums, 0)
    return positive


#: each bend, and its slope as a function of what it gave
BENDS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "tanh": (np.tanh, lambda hidden: 1 - hidden**2),
    "sigmoid": (sigmoid, lambda hidden: hidden * (1 - hidden)),
    "relu": (relu, lambda hidden: (hidden > 0).astype(hidden.dtype)),
}


def initial(card: ModelCard, seed: int) -> Weights:
    """Draw the weights that every framework begins with, float64, so that only what follows can differ.

    They are random, lest all hidden units learn the same; their size keeps that of the signals, forwards and
    backwards (Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html).
    """
    random = np.random.default_rng(seed)

    def layer(fan_in: int, fan_out: int) -> np.ndarray:
        most = (6 / (fan_in + fan_out)) ** 0.5
        return random.uniform(-most, most, (fan_in, fan_out))

    classes = len(card.classes)
    return {
        "hidden.weight": layer(card.features, card.hidden),
        "hidden.bias": np.zeros(card.hidden),
        "head.weight": layer(card.hidden, classes),
        "head.bias": np.zeros(classes),
    }


@dataclass(frozen=True)
class Pass:
    """What a forward pass computes on its way, which the backward pass needs."""

    normal: np.ndarray  # (N, features)
    sums: np.ndarray  # (N, hidden)
    hidden: np.ndarray  # (N, hidden)
    scores: np.ndarray  # (N, classes)

    def shares(self) -> np.ndarray:
        """Return softmax of the scores, (N, classes).

        To take the highest score from all changes no share, since it cancels in the fraction; but no
        exponential is above 1 then, and none overflows.
        """
        powers = np.exp(self.scores - self.scores.max(1, keepdims=True))
        shares: np.ndarray = powers / powers.sum(1, keepdims=True)
        return shares

    def losses(self, labels: np.ndarray) -> np.ndarray:
        """Return -log(share of the true class) of each sample, (N,), for labels of shape (N,)."""
        # log(exp(a) / sum) = a - log(sum): a share that rounds to 0 would have no logarithm
        lowered = self.scores - self.scores.max(1, keepdims=True)
        losses: np.ndarray = np.log(np.exp(lowered).sum(1)) - lowered[np.arange(len(labels)), labels]
        return losses

    def loss(self, labels: np.ndarray) -> float:
        """Return the mean cross-entropy, with the natural logarithm."""
        return float(self.losses(labels).mean())


class Network:
    """Two layers; it computes in the precision of its weights."""

    def __init__(self, card: ModelCard, weights: Weights) -> None:
        self.mean, self.std = card.mean, card.std
        self.bend, self.slope = BENDS[card.activation]
        self.kinked = card.activation == "relu"  # at 0 it has a corner, and no slope
        self.weights = weights

    def forward(self, inputs: np.ndarray) -> Pass:
        """Return what the network makes of features as they are, (N, features)."""
        w = self.weights
        normal = (inputs.astype(w["hidden.weight"].dtype) - self.mean) / self.std
        sums = normal @ w["hidden.weight"] + w["hidden.bias"]
        hidden = self.bend(sums)
        scores = hidden @ w["head.weight"] + w["head.bias"]
        return Pass(normal, sums, hidden, scores)

    def backward(self, done: Pass, labels: np.ndarray) -> Weights:
        """Return the derivatives of the loss by all weights, after a forward pass; labels are (N,)."""
        count = len(labels)
        # loss = mean(log(sum(exp(scores))) - score of the true class). The logarithm's derivative by a score
        # is just its share, and that of the true class loses 1: d loss / d scores = (shares - truth) / N.
        d_scores = done.shares()
        d_scores[np.arange(count), labels] -= 1
        d_scores /= count

        # scores[n, c] = sum over h of hidden[n, h] * weight[h, c] + bias[c]
        d_head_weight = done.hidden.T @ d_scores  # of every sample: hidden[n, h] * d_scores[n, c], added up
        d_head_bias = d_scores.sum(0)  # the bias is added to every sample's score
        # a hidden unit acts on all classes, through the weights of the head, those it was multiplied with
        d_hidden = d_scores @ self.weights["head.weight"].T

        # hidden = bend(sums), element by element
        d_sums = d_hidden * self.slope(done.hidden)

        # sums[n, h] = sum over f of normal[n, f] * weight[f, h] + bias[h]: the same as for the head
        d_hidden_weight = done.normal.T @ d_sums
        d_hidden_bias = d_sums.sum(0)
        return {
            "hidden.weight": d_hidden_weight,
            "hidden.bias": d_hidden_bias,
            "head.weight": d_head_weight,
            "head.bias": d_head_bias,
        }
