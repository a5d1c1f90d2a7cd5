"""Chats to tune on: read, checked, and turned into tokens with a mask that says which of them are learned.

A file holds one chat a line (JSON Lines): `{"messages": [{"role": "user", "content": "…"}, …]}` as chat
services and TRL have it, or `{"instruction": "…", "input": "…", "output": "…"}` as Alpaca has it. A file that
is one JSON list of these is read as well.

The loss is taken on the assistant's words and the mark that ends them, on nothing else: a model is given its
questions, and need not learn to ask them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import splitting
from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROLES = ("system", "user", "assistant")
#: written for this project: questions about deep learning, two thirds in English, one third in Chinese
BUILTIN = Path(__file__).with_name("chats.jsonl")
#: what losses leave out: PyTorch's default, and what our Keras loss masks
IGNORED = -100

Chat = list[dict[str, str]]  # messages, each with a `role` and a `content`
Piece = tuple[list[int], bool]  # tokens, and whether they are learned


# --- reading


def read(file: Path) -> list[Chat]:
    """Return the chats of a file; the first one that is none is a `ProjectError` with file and line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ProjectError(f"cannot read {file}: {problem}") from None
    found = [chat_of(row, where) for where, row in rows(text, file)]
    if not found:
        raise ProjectError(f"{file} holds no chats")
    return found


def rows(text: str, file: Path) -> Iterator[tuple[str, Any]]:
    """Yield where each chat of a file stands, and what is there."""
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except ValueError as problem:
            raise ProjectError(f"{file} is no JSON: {problem}") from None
        for number, row in enumerate(listed, start=1):
            yield f"{file}, item {number}", row
        return
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines() would cut at U+2028, too
        if line.strip():
            where = f"{file}, line {number}"
            try:
                yield where, json.loads(line)
            except ValueError as problem:
                raise ProjectError(f"{where}: no JSON: {problem}") from None


def chat_of(row: Any, where: str) -> Chat:
    """Return the messages of a row in either form; `where` begins the error."""
    if not isinstance(row, dict):
        raise ProjectError(f"{where}: an object is expected, not {json.dumps(row)[:40]}")
    if "messages" in row:
        return checked(row["messages"], where)
    if "instruction" in row and "output" in row:
        parts = [row["instruction"], row.get("input") or ""]
        if not all(isinstance(part, str) for part in parts):
            raise ProjectError(f"{where}: `instruction` and `input` must be text")
        question = "\n\n".join(part for part in parts if part.strip())
        return checked([message("user", question), message("assistant", row["output"])], where)
    keys = ", ".join(map(str, row)) or "nothing"
    raise ProjectError(f"{where}: `messages`, or `instruction` and `output`, are expected; there is {keys}")


def checked(messages: Any, where: str) -> Chat:
    """Return messages if they are a chat: perhaps a system's, then a user's and an assistant's in turn."""
    if not isinstance(messages, list) or not messages:
        raise ProjectError(f"{where}: `messages` must be a list of messages")
    for number, one in enumerate(messages, start=1):
        at = f"{where}, message {number}"
        if not isinstance(one, dict) or one.get("role") not in ROLES:
            role = one.get("role") if isinstance(one, dict) else one
            raise ProjectError(f"{at}: the role must be one of {', '.join(ROLES)}, not {role!r}")
        if not isinstance(one.get("content"), str) or not one["content"].strip():
            raise ProjectError(f"{at}: the content must be text that is not empty")
    roles = [one["role"] for one in messages]
    turns = roles[1:] if roles[0] == "system" else roles
    if turns != ["user", "assistant"] * (len(turns) // 2) or not turns:
        raise ProjectError(
            f"{where}: after a system's message, if any, user and assistant take turns, and the assistant has"
            f" the last word; here it goes {', '.join(roles)}"
        )
    return [message(one["role"], one["content"].strip()) for one in messages]


def message(role: str, content: Any) -> dict[str, Any]:
    """Return a message."""
    return {"role": role, "content": content}


def divided(chats: list[Chat]) -> tuple[list[Chat], list[Chat], list[Chat]]:
    """Return training, validation and test chats; none is in two of them, and copies are there once."""
    sums = splitting.checksums(json.dumps(chat, ensure_ascii=False).encode() for chat in chats)
    places = splitting.distinct(sums, set())
    if len(places) < 3:
        raise ProjectError(f"there are {len(places)} different chats; at least 3 are needed, better 50")
    parts = splitting.divided(np.zeros(len(places), np.int64))
    training, validation, test = ([chats[place] for place in places[part]] for part in parts)
    return training, validation, test


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


def chatml_prompt(chat: Chat, tokenizer: Marking, begin: int, end: int) -> list[int]:
    """Return the tokens after which the assistant's next answer comes."""
    told = [token for piece, _ in chatml(chat, tokenizer, begin, end) for token in piece]
    return [*told, begin, *_tokens(tokenizer, "assistant\n")]


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
    inputs, targets, cut, dropped = [], [], 0, 0
    for pieces in chats:
        tokens = np.array([token for piece, _ in pieces for token in piece], np.int64)
        learned = np.array([learns for piece, learns in pieces for _ in piece], bool)
        # behind the last learned token nothing is left to predict
        last = int(np.flatnonzero(learned)[-1]) + 1 if learned.any() else 0
        first = max(0, last - length - 1)
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
    return Examples(np.stack(inputs), np.stack(targets), cut, dropped)
