"""Letting a trained network write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import chats, data, results, sampling, tokenizer
from .evaluation import unseen_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from .engine import TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings
    from .tokenizer import Tokenizer

SHOWN = 2  # test windows that are gone on with (questions that are answered) when there is no prompt


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print how the network goes on with a prompt, or answers it, token by token, as it writes."""
    known = tokenizer.from_card(engine.card.tokenizer)
    settings, reader = request.settings, engine.reader()
    how, ends = sampling.choice(settings), (tokenizer.END, tokenizer.MESSAGE_END)
    for prompt in prompts(request, run, engine, known):
        print(f"\n{known.decode(prompt)}", end="")
        context = engine.card.context
        tokens = sampling.written(reader, prompt, settings.length, context, how, settings.seed, ends)
        for piece in pieces(tokens, known):
            sys.stdout.write(piece)
            sys.stdout.flush()
        print()


def prompts(request: Request[Settings], run: Run, engine: TaskEngine, known: Tokenizer) -> list[np.ndarray]:
    """Return the tokens of the prompt that was given, or the beginnings of some test windows.

    A network that has learned chats is asked as a user asks: else it would go on with the question.
    """
    if request.settings.prompt:
        if data.is_chats(engine.card.text):
            return [asked(request.settings.prompt, known)]
        return [known.encode(request.settings.prompt)]
    _, test = unseen_samples(request, run, engine.card)
    return results.beginnings(test, SHOWN)


def asked(question: str, known: Tokenizer) -> np.ndarray:
    """Return the tokens after which a network that has learned chats answers a question."""
    chat = [{"role": "user", "content": question.strip()}]
    return chats.chatml_prompt(chat, known, tokenizer.MESSAGE, tokenizer.MESSAGE_END)


def pieces(tokens: Iterator[int], known: Tokenizer) -> Iterator[str]:
    """Yield the text of tokens as soon as its characters are whole: one may take several tokens."""
    held: list[int] = []
    for token in tokens:
        held.append(token)
        text = known.decode(held)
        if not text.endswith("�"):
            held.clear()
            yield text
    yield known.decode(held)
