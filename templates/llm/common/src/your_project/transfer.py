"""Fine-tuning: which network is adapted to which text, and in which stages.

By default a GPT learns the language reference in English, and LoRA adapts it to the library's source code;
with `--data` it is adapted to any text or chats, with `--base` it is any network of yours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import bases, data, tokenizer
from .bases import Start
from .errors import ProjectError
from .settings import Settings
from .stages import Stage
from .training import seen

if TYPE_CHECKING:
    from .data import Data
    from .engine import ModelCard
    from .program import Request
    from .runs import Run

#: settings that make a base network what it is
BASE = (
    *("tokenizer", "vocabulary", "context", "limit", "layers", "heads", "width", "dropout", "epochs"),
    *("batch_size", "learning_rate", "weight_decay", "warmup", "clip", "patience", "seed"),
)
#: what the base learns and what it is adapted to, unless told otherwise
FIRST, THEN = "topics", "source"
#: tokens that a base sees at a time which is made for chats: most of one, where a window of text holds a line
CHAT_CONTEXT = 256


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the little text to adapt it to, and what is trained beside it."""
    base = named_or_made(request)
    settings, card = request.settings, bases.card_of_run(base)
    text = text_for(request, card, base)
    stages = adaptation(settings)
    adapted = replace(card, text=text.name, dropout=settings.dropout)
    if settings.rank:
        adapted = with_lora(adapted, settings, base.name)
    return Start(
        base=base.name,
        run=base,
        words=f"{base.path} has learned from {card.text}; {text.name} is new to it",
        data=text,
        card=adapted,
        load=bases.from_run(base),
        stages=stages,
        beside=(
            bases.scratch(replace(card, text=text.name, dropout=settings.dropout, rank=0), settings, stages),
        ),
    )


def named_or_made(request: Request[Settings]) -> Run:
    """Return the run of `--base`, or one that is made here."""
    if request.settings.base:
        return bases.named(request)
    first = replace(request.settings, data=FIRST)
    if data.is_chats(request.settings.data) and "context" not in request.given:
        # as many tokens in a step, and as many steps
        windows = max(1, first.batch_size * first.context // CHAT_CONTEXT)
        first = replace(first, context=CHAT_CONTEXT, batch_size=windows)
    return bases.made(replace(request, settings=first), data.load(first), BASE, FIRST)


def text_for(request: Request[Settings], card: ModelCard, base: Run) -> Data:
    """Return the text to adapt to, little of it, in the base's tokens and windows."""
    settings = request.settings
    name = settings.data if "data" in request.given else THEN if card.text == FIRST else FIRST
    bases.refuse_the_same(base, name)
    known = tokenizer.from_card(card.tokenizer)
    text = data.load(replace(settings, data=name, context=card.context), known, seen(base.path))
    return text.few(settings.shots, settings.seed)


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: LoRA's matrices alone, or all weights at rates that fall towards the input."""
    if settings.rank:
        return (Stage("adapters", settings.epochs, settings.learning_rate, body=0.0),)
    return (Stage("all layers", settings.epochs, settings.learning_rate, layer_decay=settings.layer_decay),)


def with_lora(card: ModelCard, settings: Settings, base: str) -> ModelCard:
    """Return what a network with LoRA's matrices is like."""
    if card.rank:
        raise ProjectError("the base has LoRA matrices already: merge them into its weights first")
    return replace(
        card,
        rank=settings.rank,
        alpha=settings.alpha,
        adapter_dropout=settings.adapter_dropout,
        targets=settings.targets,
        base=base,
    )
