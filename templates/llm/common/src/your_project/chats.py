"""Chats as tokens, with a mask that says which of them are learned: the assistant's words and their end.

Nothing else is: a model is given its questions, and need not learn to ask them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import chat_files, tokenizer
from .data import IGNORED, Data, Split
from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .chat_files import Chat
    from .settings import Settings
    from .tokenizer import Tokenizer

Piece = tuple[list[int], bool]  # tokens, and whether they are learned


def load(settings: Settings, known: Tokenizer | None = None, seen: np.ndarray | None = None) -> Data:
    """Return the chats of the settings as windows, one a chat, in ChatML and our own tokenizer's tokens.

    What a network has `seen` already, told by checksums, is left out of the test part.
    """
    *parts, last = chat_files.divided(chat_files.named(settings.data))
    parts.append(last if seen is None else chat_files.unseen(last, seen, settings.data))
    if known is None:
        words = "\n".join(one["content"] for chat in parts[0] for one in chat)
        known = tokenizer.learn(settings.tokenizer, words, settings.vocabulary)
    marks = known, tokenizer.MESSAGE, tokenizer.MESSAGE_END
    found = [
        examples([list(chatml(chat, *marks)) for chat in part], settings.context, tokenizer.END)
        for part in parts
    ]
    if told := found[0].told(settings.context):
        print(f"chats       for training: {told}")
        print(f"            a network with --context {max(one.longest for one in found)} holds all")
    train, validation, test = (
        _split(made, part, settings.data) for made, part in zip(found, parts, strict=True)
    )
    return Data(settings.data, train, validation, test, known)


def _split(found: Examples, part: list[Chat], name: str) -> Split:
    return Split(
        found.inputs.astype("int32"), found.targets.astype("int32"), chat_files.checksums(part), name
    )


# --- a chat as tokens


class Marking(Protocol):
    """A tokenizer that has ChatML's marks as tokens of their own, as `tokenizer.py` has."""

    def encode(self, text: str) -> Any:
        """Return the tokens of a text, in which no mark can be forged."""


def chatml(chat: Chat, tokenizer: Marking, begin: int, end: int) -> Iterator[Piece]:
    """Yield a chat in ChatML: `<|im_start|>role`, a line feed, the content, `<|im_end|>`, a line feed."""
    for one in chat:
        yield [begin, *_tokens(tokenizer, f"{one['role']}\n")], False
        # the end is learned as well: who does not learn to stop goes on for ever
        yield [*_tokens(tokenizer, one["content"]), end], one["role"] == "assistant"
        yield _tokens(tokenizer, "\n"), False


def chatml_prompt(chat: Chat, tokenizer: Marking, begin: int, end: int) -> np.ndarray:
    """Return the tokens, int32, after which the assistant's next answer comes."""
    told = [token for piece, _ in chatml(chat, tokenizer, begin, end) for token in piece]
    return np.array([*told, begin, *_tokens(tokenizer, "assistant\n")], np.int32)


def templated(chat: Chat, render: Callable[[Chat, bool], str], end: str) -> Iterator[tuple[str, bool]]:
    """Yield a chat in a model's own form, as pieces of text and whether they are learned.

    `render(messages, ask)` gives the text of messages, with `ask` the one that an answer follows on; `end` is
    the text of the token that ends an answer. A template that writes earlier messages otherwise once later
    ones are there cannot be cut up so, and is a `ProjectError`.
    """
    done = ""
    for number, one in enumerate(chat):
        if one["role"] != "assistant":
            continue
        question, answered = render(chat[:number], True), render(chat[: number + 1], False)
        if not (question.startswith(done) and answered.startswith(question)):
            raise ProjectError(
                "this model's chat template rewrites what was said before, so its answers cannot be told"
                " apart: give chats of one question and one answer, or another model"
            )
        yield question[len(done) :], False
        answer = answered[len(question) :]
        stop = answer.rfind(end) + len(end) if end and end in answer else len(answer)
        yield answer[:stop], True
        yield answer[stop:], False
        done = answered


def _tokens(tokenizer: Marking, text: str) -> list[int]:
    return [int(token) for token in tokenizer.encode(text)]


# --- many chats as arrays


@dataclass(frozen=True)
class Examples:
    """Chats as a network learns them: inputs and targets, (N, T) int64; `IGNORED` is not learned."""

    inputs: np.ndarray
    targets: np.ndarray
    cut: int = 0  # chats that were too long and have lost their beginning
    dropped: int = 0  # chats of which no answer was left
    longest: int = 0  # tokens of the longest chat that are read: a context that holds all

    def __len__(self) -> int:
        return len(self.inputs)

    def told(self, length: int) -> str:
        """Return what became of chats that are too long, "" where there are none."""
        if not self.cut and not self.dropped:
            return ""
        return (
            f"{self.cut + self.dropped} of {len(self) + self.dropped} chats are longer than {length} tokens:"
            f" {self.cut} lost their beginning, {self.dropped} are left out"
        )


def examples(chats: Sequence[Sequence[Piece]], length: int, padding: int) -> Examples:
    """Return chats as inputs of `length` tokens and the tokens that follow.

    Target t is the token behind input t: the shift is done here, and nowhere else. What is too long loses its
    beginning, as it does when a long chat is answered.
    """
    inputs, targets, cut, dropped, longest = [], [], 0, 0, 0
    for pieces in chats:
        tokens = np.array([token for piece, _ in pieces for token in piece], np.int64)
        learned = np.array([learns for piece, learns in pieces for _ in piece], bool)
        # behind the last learned token nothing is left to predict
        last = int(np.flatnonzero(learned)[-1]) + 1 if learned.any() else 0
        first, longest = max(0, last - length - 1), max(longest, last - 1)
        tokens, learned = tokens[first:last], learned[first:last]
        if not learned[1:].any():
            dropped += 1
            continue
        cut += first > 0
        room = np.full(length + 1 - len(tokens), padding)
        inputs.append(np.concatenate((tokens, room))[:-1])
        aims = np.where(learned, tokens, IGNORED)
        targets.append(np.concatenate((aims, np.full_like(room, IGNORED)))[1:])
    if not inputs:
        raise ProjectError(f"no chat has an answer within {length} tokens: choose a longer --context")
    return Examples(np.stack(inputs), np.stack(targets), cut, dropped, longest)
