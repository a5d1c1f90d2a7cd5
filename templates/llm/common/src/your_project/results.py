"""What a run leaves: `metrics.json` and `report.html`.

Of a language model `metrics.json` holds, beside what every run records (schema `language/1`):

    loss                nats for each token that was to be learned; depends on the tokenizer
    perplexity          exp(loss): among as many equally likely tokens the network chooses
    bits_per_character  of the text: the same measure for every tokenizer
    tokens, characters  that were to be learned
    samples_written     what the network writes: [{"prompt", "text"}]
    baseline            the same measures of an n-gram model, and its name
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import sampling, sections, tokenizer
from .data import IGNORED
from .report import Page

if TYPE_CHECKING:
    from .data import Split
    from .engine import TaskEngine
    from .jobs import History
    from .tokenizer import Tokenizer

SCHEMA = "language/1"
TITLE = "Your Project"
COMPARED = {"loss": "test loss", "perplexity": "perplexity", "bits_per_character": "bits per character"}
SHOWN = 3  # samples that are written
LENGTH = 200  # tokens of each at most
CURVES = (
    "Nats for each token. Where dropout is on, the training loss is measured with it,"
    " the validation loss without."
)


def measure(engine: TaskEngine, part: Split) -> dict[str, Any]:
    """Return how good a network is on these windows, and what it writes."""
    known = tokenizer.from_card(engine.card.tokenizer)
    return {
        "data": part.name,
        "tokenizer": f"{known.kind}, {known.size} tokens",
        **measures(engine.losses(part), part, known),
        "samples_written": samples(engine, part, known),
    }


def measures(losses: np.ndarray, part: Split, known: Tokenizer) -> dict[str, Any]:
    """Return what losses of tokens, in nats, say of a model; those of tokens not to be learned are 0."""
    tokens, characters = int((part.targets != IGNORED).sum()), part.characters(known.lengths)
    total = float(losses.sum(dtype=np.float64))
    return {
        "loss": total / tokens,
        "perplexity": math.exp(min(total / tokens, 700.0)),
        "bits_per_character": total / math.log(2) / max(1, characters),
        "tokens": tokens,
        "characters": characters,
    }


def samples(engine: TaskEngine, part: Split, known: Tokenizer) -> list[dict[str, str]]:
    """Return what the network writes after the beginnings of some windows."""
    reader, context = engine.reader(), engine.card.context
    found = []
    length = min(LENGTH, engine.settings.length)
    for prompt in beginnings(part, SHOWN):
        how = sampling.Choice(temperature=0.8)
        tokens = list(sampling.written(reader, prompt, length, context, how, 0, (tokenizer.MESSAGE_END,)))
        found.append({"prompt": known.decode(prompt), "text": known.decode(tokens)})
    return found


def beginnings(part: Split, count: int) -> list[np.ndarray]:
    """Return what the first windows begin with: of a text the first half, of a chat all up to the answer."""
    found = []
    for tokens, aims in zip(part.inputs[:count], part.targets[:count], strict=True):
        question = int(np.argmax(aims != IGNORED))  # nothing of it is learned; a text has none
        found.append(tokens[: question + 1 if question else max(1, len(tokens) // 2)])
    return found


def told(content: dict[str, Any]) -> str:
    """Return the measures that one looks for first, on one line."""
    words = (
        f"loss {content['loss']:.4f} a token, perplexity {content['perplexity']:.2f},"
        f" {content['bits_per_character']:.3f} bits per character"
    )
    if baseline := content.get("baseline"):
        words += f" ({baseline['name']}: {baseline['bits_per_character']:.3f})"
    return words


def report(
    content: dict[str, Any], engine: TaskEngine, test: Split, history: History, others: dict[str, History]
) -> Page:
    """Return the report of a run; `history` and `others`, what was trained beside it, may be empty."""
    page = Page(f"{TITLE}: {content['run']}", f"{content['job']} with {content['framework']}")
    tiles = {
        "loss a token": f"{content['loss']:.4f}",
        "perplexity": f"{content['perplexity']:.2f}",
        "bits per character": f"{content['bits_per_character']:.3f}",
    }
    if content.get("seconds"):
        tiles["training"] = f"{content['seconds']:.0f} s"
    if baseline := content.get("baseline"):
        tiles[f"bits per character of a {baseline['name']}"] = f"{baseline['bits_per_character']:.3f}"
    page.tiles(tiles)
    if others:
        sections.comparison(page, content, COMPARED, history, others)
    sections.facts(page, content)
    page.table(
        ("", ""),
        [
            ("tokenizer", content["tokenizer"]),
            ("measured on", f"{content['tokens']:,} tokens, {content['characters']:,} characters"),
        ],
    )
    sections.training_curves(page, history, CURVES)
    sections.trials(page, content)
    page.heading("What it writes", "After the beginnings of test windows, at temperature 0.8.")
    page.table(("prompt", "it goes on"), [(one["prompt"], one["text"]) for one in content["samples_written"]])
    return page
