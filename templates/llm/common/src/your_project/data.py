"""Text as windows of tokens, divided into training, validation and test without a common paragraph.

NumPy only: every framework reads the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from . import paragraphs, tokenizer
from .errors import ProjectError
from .sources import read

if TYPE_CHECKING:
    from .engine import ModelCard
    from .settings import Settings
    from .tokenizer import Tokenizer

#: a target that is nothing to learn: what pads a window, or what somebody else has said
IGNORED = -100
CHATS = "chats"


@dataclass(frozen=True)
class Split:
    """Windows of tokens, (N, context) int32, and the token that follows on each, which is what is learned.

    `origins` are checksums of the paragraphs (of chats: of the chats) that they were cut from.
    """

    inputs: np.ndarray
    targets: np.ndarray  # IGNORED where nothing is to be learned
    origins: np.ndarray
    name: str = ""  # of the text

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, which: np.ndarray | slice) -> Split:
        """Return the windows at these indices, in this slice, or where a mask is true."""
        return replace(self, inputs=self.inputs[which], targets=self.targets[which])

    def checksums(self) -> np.ndarray:
        """Return the checksums, uint64, of the paragraphs that are in it."""
        return self.origins

    def characters(self, lengths: np.ndarray) -> int:
        """Return how many characters are to be learned; `lengths` are those of each token."""
        return int(lengths[self.targets[self.targets != IGNORED]].sum())


@dataclass(frozen=True)
class Data:
    """Three parts without a common paragraph, and the tokenizer, which has seen the training part alone."""

    unit: ClassVar[str] = "windows"

    name: str
    train: Split
    validation: Split
    test: Split
    tokenizer: Tokenizer

    def describe(self) -> str:
        """Return what the windows are like, for the reader."""
        kinds = {"characters": "characters", "bytes": "byte pairs"}
        tokens = f"{self.tokenizer.size} kinds ({kinds[self.tokenizer.kind]})"
        return f"{self.train.inputs.shape[1]} tokens each, {tokens}"

    def few(self, shots: int, seed: int) -> Data:
        """Return the same with at most this many training (and validation) windows, 0 = all.

        Validation is cut down too: with more text to choose the best epoch by than to learn from, the task
        would not be the one that it claims to be. The test part stays.
        """
        return replace(
            self, train=_drawn(self.train, shots, seed), validation=_drawn(self.validation, shots, seed)
        )


def load(settings: Settings, known: Tokenizer | None = None, seen: np.ndarray | None = None) -> Data:
    """Load, clean and divide the text that the settings name; learn its tokenizer unless one is `known`.

    What a network has `seen` already, told by checksums, is left out of the test part.
    """
    if is_chats(settings.data):
        from . import chats  # which are made of what this module offers

        return _limited(chats.load(settings, known, seen), settings.limit)
    parts = paragraphs.divided(read(settings, settings.data), settings.data)
    if parts.doubles:
        print(f"data        {parts.doubles} paragraphs occur more than once and were left out")
    if known is None:
        whole = "".join(parts.training.texts)
        known = tokenizer.learn(settings.tokenizer, whole, settings.vocabulary)
    fresh = parts.test if seen is None else parts.test.without(seen)
    if not fresh.texts:
        raise ProjectError(f"{settings.data}: the network was trained on all that would test it")
    train, validation, test = (
        windows(part, known, settings.context, settings.data)
        for part in (parts.training, parts.validation, fresh)
    )
    return _limited(Data(settings.data, train, validation, test, known), settings.limit)


def load_unseen(settings: Settings, card: ModelCard, seen: np.ndarray, *, same: bool) -> Split:
    """Return windows to evaluate a network on, cut from no paragraph that it has seen.

    `seen` holds checksums. Of the text that the network was trained on (`same`) it is the test part; of
    another text it is all.
    """
    known = tokenizer.from_card(card.tokenizer)
    name = card.text if same else settings.data
    if name == card.text or is_chats(name):
        return load(replace(settings, data=name, context=card.context, limit=0), known, seen).test
    whole = paragraphs.whole(read(settings, name)).without(seen)
    if not whole.texts:
        raise ProjectError(f"{name}: the network was trained on every paragraph of it")
    return windows(whole, known, card.context, name)


def is_chats(name: str) -> bool:
    """Tell whether the name is that of chats."""
    return name == CHATS or name.lower().endswith(".jsonl")


def windows(part: paragraphs.Part, known: Tokenizer, context: int, name: str) -> Split:
    """Return the windows of some texts; the last one, which would be shorter, is left out."""
    end = np.array([tokenizer.END], np.int32)
    # the end of a text is learned like any token, so that the network knows when to stop
    stream = np.concatenate([piece for text in part.texts for piece in (known.encode(text), end)])
    count = (len(stream) - 1) // context
    if count < 1:
        raise ProjectError(
            f"{name}: {len(stream)} tokens are too few for a window of {context}:"
            " give more text, or a smaller --context"
        )
    shape = count, context
    return Split(
        stream[: count * context].reshape(shape),
        # the targets are the inputs one token later: shifted here and nowhere else
        stream[1 : count * context + 1].reshape(shape),
        part.checksums,
        name,
    )


def _limited(data: Data, most: int) -> Data:
    return replace(data, train=data.train.take(slice(most or None)))


def _drawn(part: Split, most: int, seed: int) -> Split:
    if not most or most >= len(part):
        return part
    return part.take(np.sort(np.random.default_rng(seed).permutation(len(part))[:most]))
