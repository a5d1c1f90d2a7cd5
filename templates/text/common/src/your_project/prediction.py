"""Asking a trained network what texts are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import metrics
from .data import Split, texts_of
from .errors import ProjectError
from .evaluation import unseen_samples
from .files import find
from .results import shortened, strange
from .text_files import read_lines

if TYPE_CHECKING:
    from .engine import TaskEngine
    from .program import Request
    from .runs import Run

SHOWN = 12  # test texts that `predict` looks at when it is given none
TOP = 3
FILES = (".txt", ".text", ".md")


def predict(request: Request, run: Run, engine: TaskEngine) -> None:  # type: ignore[type-arg]
    """Print what the network takes each text for, and how sure it is."""
    if request.settings.texts:
        texts = own_texts(request.settings.texts)
        part = Split(texts_of(texts), np.zeros(len(texts), np.int64))
        names = [shortened(text) for text in texts]
    else:
        _, test = unseen_samples(request, run, engine.card)
        part = test.take(slice(SHOWN))
        names = [
            f"({engine.card.classes[label]}) {shortened(text)}"
            for text, label in zip(part.texts, part.labels.tolist(), strict=True)
        ]
    if count := int((engine.tokenizer.lengths(part.texts) > engine.card.length).sum()):
        print(f"warning     {count} of {len(part)} texts have over {engine.card.length} tokens and were cut")
    if told := strange(engine.tokenizer.unknown(part.texts)):
        print(f"warning     {told}")
    shares = np.exp(metrics.log_softmax(engine.outputs(part)))
    for name, row in zip(names, shares, strict=True):
        best = np.argsort(-row, kind="stable")[:TOP]
        print("  ".join(f"{engine.card.classes[at]} {row[at]:6.1%}" for at in best) + f"  {name}")


def own_texts(given: tuple[str, ...]) -> list[str]:
    """Return the texts that were given, and those in the files that were named."""
    texts: list[str] = []
    for one in given:
        # a text may be too long for a file's name, and hold what no name may hold
        if one.lower().endswith(FILES) and "\n" not in one and len(one) < 256:
            if not find(one).is_file():
                raise ProjectError(f"there is no file {one}")
            texts.extend(read_lines(find(one)))
        elif one.strip():
            texts.append(one)
    if not texts:
        raise ProjectError("--texts holds no text")
    return texts
