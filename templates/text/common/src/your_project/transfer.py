"""Fine-tuning: which network is adapted to which texts, and in which stages.

By default it is a pretrained encoder that has read far more English than any data set of reviews holds.
Without one (Chinese, or no network to bring it) a network learns reviews of something else first, in the same
language. With `--base` it is any network of yours, with `--data` any texts. To go on training on the same
texts would be no fine-tuning, just a longer training, and is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import bases, data, runs, sources
from .bases import Beside, Start
from .engine import card_of
from .errors import ProjectError
from .settings import Settings
from .stages import Stage

if TYPE_CHECKING:
    from .data import Data
    from .engine import ModelCard
    from .program import Request
    from .runs import Run

#: settings that make a base network what it is
BASE = (
    *("data", "limit", "model", "cell", "width", "layers", "heads", "dropout", "tokens", "words", "length"),
    *("epochs", "batch_size", "learning_rate", "weight_decay", "warmup", "clip", "patience", "seed"),
)


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the few texts to adapt it to, and what is trained beside it."""
    settings = request.settings
    whole = data.load(settings)
    few = whole.few(settings.shots, settings.seed)
    if settings.base:
        return from_run(request, bases.named(request), few)
    if settings.encoder != "none" and not (settings.encoder == "minilm" and whole.chinese):
        try:
            return from_encoder(request, few)
        except ProjectError as problem:
            if settings.encoder != "minilm":
                raise  # it was asked for by name
            print(f"encoder     {problem}")
            print("            a network that is trained here takes its place; --encoder none asks for it")
    return from_run(request, own_base(request, whole), few)


def from_encoder(request: Request[Settings], few: Data) -> Start:
    """Adapt the pretrained encoder; beside it the same network learns from random weights."""
    settings = request.settings.suited("minilm")
    card = card_of(few, settings, request.framework)
    stages = adaptation(settings)
    return Start(
        base=card.pretrained,
        words=f"{card.pretrained}: {card.layers} layers, pretrained, {len(card.vocabulary):,} word pieces",
        data=few,
        card=card,
        load=lambda engine: None,  # `fit` brings the weights
        stages=stages,
        # so large a network with random weights learns nothing at the rate of small ones
        beside=(
            from_scratch(
                replace(card, pretrained=""), stages, settings.learning_rate * settings.encoder_rate
            ),
        ),
    )


def from_run(request: Request[Settings], base: Run, few: Data) -> Start:
    """Adapt the network of a run; it keeps its vocabulary, for its embedding knows no other words."""
    card = bases.card_of_run(base)
    settings = request.settings.suited(card.model)
    began = runs.stored(base.path, Settings, "settings.json")
    if began.data == settings.data:
        raise ProjectError(
            f"--base {base.name} was trained on {settings.data} itself: give other texts by --data"
        )
    share = settings.encoder_rate if card.model == "minilm" else 1.0
    stages = adaptation(settings, share)
    network = replace(card, classes=few.classes, pretrained="")
    if card.model == "minilm":
        fresh = network
    else:
        same = {
            name: getattr(began, name) for name in ("model", "cell", "width", "layers", "heads", "length")
        }
        fresh = card_of(few, replace(settings, **same), request.framework)
    return Start(
        base=base.name,
        words=f"{base.path} has learned {began.data}",
        data=few,
        card=network,
        load=bases.from_run(base),
        stages=stages,
        beside=(from_scratch(fresh, stages, settings.learning_rate * share),),
    )


def own_base(request: Request[Settings], whole: Data) -> Run:
    """Return a network that has learned other reviews in the same language, trained unless it is there."""
    settings = request.settings
    name = sources.NEIGHBOURS.get(settings.data, "reviews-zh" if whole.chinese else "movies-en")
    model = "rnn" if settings.model == "minilm" else settings.model
    base = replace(settings.suited(model), data=name)
    return bases.made(replace(request, settings=base), data.load(base), BASE, name)


def adaptation(settings: Settings, share: float = 1.0) -> tuple[Stage, ...]:
    """Return the stages: the head alone, then everything, at rates that fall towards the input."""
    rate = settings.learning_rate
    everything = Stage("all layers", settings.tune_epochs, rate, body=share, layer_decay=settings.layer_decay)
    if not settings.head_epochs:
        return (everything,)
    # a random head would send large gradients into the body and spoil what it knows
    return Stage("head", settings.head_epochs, rate * settings.head_boost, body=0.0), everything


def from_scratch(card: ModelCard, stages: tuple[Stage, ...], rate: float) -> Beside:
    """Return training from random weights for as many epochs as the stages of fine-tuning take."""
    words = "the same texts and epochs, beginning with random weights"
    return Beside("scratch", words, card, (Stage("train", sum(stage.epochs for stage in stages), rate),))
