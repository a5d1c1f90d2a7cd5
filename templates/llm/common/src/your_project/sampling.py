"""Writing text: the network is asked for the next token, one is drawn, and the network is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import Settings


class Reader(Protocol):
    """A network that reads; it remembers what it has read."""

    def read(self, tokens: np.ndarray) -> np.ndarray:
        """Read tokens that follow on those read before; return the logits of what comes next, float32."""

    def forget(self) -> None:
        """Begin again with nothing read."""


@dataclass(frozen=True)
class Choice:
    """How a token is drawn from the network's logits."""

    temperature: float = 1.0  # 0 = always the likeliest
    top_k: int = 0  # only among so many, 0 = all
    top_p: float = 1.0  # only among the likeliest that share this probability (Holtzman et al. 2020)

    def shares(self, logits: np.ndarray) -> np.ndarray:
        """Return the probability with which each token is drawn, float64."""
        logits = logits.astype(np.float64)
        if not self.temperature:
            return (np.arange(len(logits)) == logits.argmax()).astype(np.float64)
        order = np.argsort(-logits, kind="stable")
        shares = np.exp((logits[order] - logits[order[0]]) / self.temperature)
        if self.top_k:
            shares[self.top_k :] = 0.0
        shares /= shares.sum()
        # the token that passes the limit is the last that may be drawn: so there is always one
        shares[np.cumsum(shares) - shares >= self.top_p] = 0.0
        drawn = np.empty_like(shares)
        drawn[order] = shares / shares.sum()
        return drawn


def choice(settings: Settings) -> Choice:
    """Return how the settings let tokens be drawn."""
    return Choice(settings.temperature, settings.top_k, settings.top_p)


def written(
    reader: Reader,
    prompt: np.ndarray,
    length: int,
    context: int,
    how: Choice,
    seed: int,
    stop: tuple[int, ...] = (),
) -> Iterator[int]:
    """Yield at most `length` tokens that go on with a prompt, and end with one of `stop`.

    The network sees `context` tokens at a time. When they are full it reads the later half of them anew: to
    do so at each token would cost as much as to have no memory at all.
    """
    random = np.random.default_rng(seed)
    known = [int(token) for token in prompt][-context:]
    reader.forget()
    logits = reader.read(np.array(known))
    for number in range(length):
        token = int(random.choice(len(logits), p=how.shares(logits)))
        yield token
        if token in stop or number == length - 1:
            return
        known.append(token)
        if len(known) > context:
            known = known[-max(1, context // 2) :]
            reader.forget()
            logits = reader.read(np.array(known))
        else:
            logits = reader.read(np.array([token]))


class Rereader:
    """Reads everything again for each token, through a function from all tokens to the last one's logits.

    It is what a cache saves, and what a cache is tested against.
    """

    def __init__(self, last_logits: LastLogits) -> None:
        self.last_logits = last_logits
        self.tokens = np.empty(0, np.int32)

    def read(self, tokens: np.ndarray) -> np.ndarray:
        """Read tokens that follow on those read before; return the logits of what comes next."""
        self.tokens = np.concatenate([self.tokens, tokens.astype(np.int32)])
        return self.last_logits(self.tokens)

    def forget(self) -> None:
        """Begin again with nothing read."""
        self.tokens = np.empty(0, np.int32)


class LastLogits(Protocol):
    """What gives the logits that follow on some tokens."""

    def __call__(self, tokens: np.ndarray) -> np.ndarray: ...
