"""What a network is given to go on with: text as it stands, and after chats a question to be answered."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from your_project import chats, data, prediction, results, tokenizer
from your_project.engine import card_of
from your_project.program import Request
from your_project.settings import Settings

KNOWN = tokenizer.Characters.learn("abcdefghijklmnopqrstuvwxyz \n")


class Answering:
    """A network that answers "yes" and goes on for ever unless it is stopped; it keeps what it was given."""

    def __init__(self, text: str) -> None:
        few = np.zeros((1, 64), np.int32)
        split = data.Split(few, few, np.zeros(0, np.uint64))
        card = card_of(data.Data(text, split, split, split, KNOWN), Settings(), "pytorch")
        self.card = replace(card, tokens=KNOWN.size)
        self.given: list[np.ndarray] = []

    def reader(self) -> Answering:
        return self

    def forget(self) -> None:
        self.rest = [*KNOWN.encode("yes"), tokenizer.MESSAGE_END, *KNOWN.encode("no" * 50)]

    def read(self, tokens: np.ndarray) -> np.ndarray:
        self.given.append(tokens)
        return np.where(np.arange(KNOWN.size) == self.rest.pop(0), 0.0, -1e9)


@pytest.mark.parametrize("text", ["chats", "mine.jsonl"])
def test_a_network_that_learned_chats_is_asked_and_stops_behind_its_answer(capsys, text):
    engine: Any = Answering(text)
    request = Request("pytorch", Settings(prompt="is it", length=30), {"prompt": "is it"})
    prediction.predict(request, SimpleNamespace(), engine)  # type: ignore[arg-type]
    begin, end = tokenizer.MESSAGE, tokenizer.MESSAGE_END
    assert engine.given[0].tolist() == [
        *(begin, *KNOWN.encode("user\n"), *KNOWN.encode("is it"), end, *KNOWN.encode("\n")),
        *(begin, *KNOWN.encode("assistant\n")),
    ]
    assert capsys.readouterr().out == "\nuser\nis it\nassistant\nyes\n"


def test_a_network_that_learned_text_goes_on_with_it(capsys):
    engine: Any = Answering("topics")
    request = Request("pytorch", Settings(prompt="is it ", length=3), {"prompt": "is it "})
    prediction.predict(request, SimpleNamespace(), engine)  # type: ignore[arg-type]
    assert capsys.readouterr().out == "\nis it yes\n"


def test_test_chats_are_begun_up_to_the_answer():
    text = chats.load(Settings(data="chats", context=256), KNOWN)
    for prompt in results.beginnings(text.test, 3):
        assert KNOWN.decode(prompt).endswith("\nassistant\n")
    windows = data.Split(np.ones((4, 8), np.int32), np.ones((4, 8), np.int32), np.zeros(0, np.uint64))
    assert [len(prompt) for prompt in results.beginnings(windows, 3)] == [4, 4, 4]
