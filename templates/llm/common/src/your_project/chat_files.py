"""Chats in files: read and checked, so that what is wrong is named by file and line.

A file holds one chat a line (JSON Lines): `{"messages": [{"role": "user", "content": "…"}, …]}` as chat
services and TRL have it, or `{"instruction": "…", "input": "…", "output": "…"}` as Alpaca has it. A file that
is one JSON list of these is read as well.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import splitting
from .errors import ProjectError
from .files import find
from .sources import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = ("system", "user", "assistant")
#: written for this project: questions about deep learning, two thirds in English, one third in Chinese
BUILTIN = Path(__file__).with_name("chats.jsonl")

Chat = list[dict[str, str]]  # messages, each with a `role` and a `content`


def named(name: str) -> list[Chat]:
    """Return the chats of a setting: `chats` for those that come along, or a file."""
    return read(BUILTIN if name == "chats" else find(name))


def read(file: Path) -> list[Chat]:
    """Return the chats of a file; the first one that is none is a `ProjectError` with file and line."""
    text = read_file(file)
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
                row = json.loads(line)
                json.dumps(row, ensure_ascii=False).encode()
            except UnicodeEncodeError:
                raise ProjectError(
                    f"{where}: half of a surrogate pair stands there alone, no character"
                ) from None
            except json.JSONDecodeError as problem:
                wrong = f"{problem.msg} at column {problem.colno}"
                raise ProjectError(f"{where}: no JSON: {wrong}; each line holds one chat") from None
            yield where, row


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
    sums = checksums(chats)
    places = splitting.distinct(sums, set())
    if len(places) < 3:
        raise ProjectError(f"there are {len(places)} different chats; at least 3 are needed, better 50")
    parts = splitting.divided(np.zeros(len(places), np.int64))
    training, validation, test = ([chats[place] for place in places[part]] for part in parts)
    return training, validation, test


def refuse_marks(chats: list[Chat], marks: set[str], name: str) -> None:
    """Raise `ProjectError` where a message holds a mark of a model: to the model it would end there."""
    for number, chat in enumerate(chats, start=1):
        for one in chat:
            if found := sorted(mark for mark in marks if mark in one["content"]):
                raise ProjectError(
                    f"{name}, chat {number}: what the {one['role']} says holds {found[0]}, by which the model"
                    " knows where messages begin and end: take it out"
                )


def unseen(chats: list[Chat], seen: np.ndarray, name: str) -> list[Chat]:
    """Return the chats whose checksums are not among those; none left is a `ProjectError`."""
    kept = [chats[place] for place in np.flatnonzero(~np.isin(checksums(chats), seen))]
    if not kept:
        raise ProjectError(f"{name}: the network was trained on all of its {len(chats)} test chats")
    return kept


def checksums(chats: list[Chat]) -> np.ndarray:
    """Return a checksum of each chat, uint64."""
    return splitting.checksums(json.dumps(chat, ensure_ascii=False).encode() for chat in chats)
