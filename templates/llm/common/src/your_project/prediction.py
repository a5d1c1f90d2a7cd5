"""Letting a trained network write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from . import sampling, tokenizer
from .evaluation import unseen_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import TaskEngine
    from .program import Request
    from .runs import Run
    from .settings import Settings
    from .tokenizer import Tokenizer

SHOWN = 2  # test windows that are gone on with when there is no prompt


def predict(request: Request[Settings], run: Run, engine: TaskEngine) -> None:
    """Print how the network goes on with a prompt, token by token, as it writes."""
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
    """Return the tokens of the prompt that was given, or the beginnings of some test windows."""
    if request.settings.prompt:
        return [known.encode(request.settings.prompt)]
    _, test = unseen_samples(request, run, engine.card)
    return list(test.inputs[:SHOWN, : max(1, engine.card.context // 2)])


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
