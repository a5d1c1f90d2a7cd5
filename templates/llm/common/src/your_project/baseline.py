"""A simple model to compare with: it counts which token followed on the last few.

An n-gram model whose estimates for long contexts fall back on those for short ones (Witten and Bell 1991; as
interpolation in Chen and Goodman 1998, equation 16). It is trained and judged on the same windows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .data import IGNORED
from .results import measures

if TYPE_CHECKING:
    from .data import Data, Split
    from .settings import Settings

LONGEST = 6  # tokens: the last one and five before it
BITS = 63  # of the number that stands for some tokens


def compare(data: Data, settings: Settings) -> dict[str, Any] | None:
    """Return the loss of the n-gram model on the test windows; no setting of the network matters to it."""
    model = NGram(data.tokenizer.size)
    model.learn(data.train)
    losses = -np.log(model.probabilities(data.test))
    return {
        "name": f"{model.order}-gram",
        **measures(losses, data.test, data.tokenizer),
        "training_samples": len(data.train),
    }


class NGram:
    """Probabilities of the next token from the `order - 1` tokens before it."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.order = min(LONGEST, int(BITS / np.log2(tokens)))  # several tokens as one number of 63 bits
        self.tables: list[tuple[np.ndarray, ...]] = []

    def learn(self, part: Split) -> None:
        """Count what followed on every context of every length."""
        self.tables = []
        for length in range(self.order):
            contexts, following, _ = self._grams(part, length)
            grams, counts = np.unique(contexts * self.tokens + following, return_counts=True)
            keys, first = np.unique(grams // self.tokens, return_index=True)
            seen = np.add.reduceat(counts, first) if len(first) else counts
            kinds = np.diff(np.append(first, len(grams)))  # different tokens that followed
            self.tables.append((grams, counts, keys, seen, kinds))

    def probabilities(self, part: Split) -> np.ndarray:
        """Return the probability of each token that is to be learned, in the order in which they stand."""
        shares = np.full(int((part.targets != IGNORED).sum()), 1 / self.tokens)
        for length, (grams, counts, keys, seen, kinds) in enumerate(self.tables):
            contexts, following, where = self._grams(part, length)
            total, different = _found(keys, contexts, seen), _found(keys, contexts, kinds)
            count = _found(grams, contexts * self.tokens + following, counts)
            # a context on which much has followed leaves more to what it has not seen; a new one, all
            known = total > 0
            at = where[known]
            shares[at] = (count + different * shares[where])[known] / (total + different)[known]
        return shares

    def _grams(self, part: Split, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return contexts as numbers, the tokens that follow, and their places among all that is learned."""
        count, width = part.inputs.shape
        numbers = np.zeros((count, width), np.int64)
        for back in range(length):
            # the token `back` places before: the windows' first tokens have none, and are left out below
            shifted = np.zeros_like(numbers)
            shifted[:, back:] = part.inputs[:, : width - back]
            numbers += shifted * self.tokens**back
        learned = part.targets != IGNORED
        places = np.cumsum(learned).reshape(count, width) - 1
        learned[:, : max(0, length - 1)] = False
        return numbers[learned], part.targets[learned].astype(np.int64), places[learned]


def _found(keys: np.ndarray, wanted: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of some keys, which are sorted; 0 of those that are not there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)
