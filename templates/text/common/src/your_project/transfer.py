"""Fine-tuning: which network is adapted to which texts, and in which stages.

By default it is a pretrained encoder that has read far more English than any data set of reviews holds. It
does not know Chinese: there a network learns reviews of something else first (for English that is asked for
by `--encoder none`). With `--base` it is any network of yours, with `--data` any texts. To go on training on
the same texts would be no fine-tuning, just a longer training, and is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import bases, data, jobs, pretrained, runs, sources
from .bases import Beside, Start
from .engine import card_of
from .errors import ProjectError
from .settings import SHOTS, Settings
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
    texts = data.load(settings)
    if settings.base:
        return from_run(request, bases.named(request), texts)
    if settings.encoder == "none" or (settings.encoder == "minilm" and texts.chinese):
        return from_run(request, own_base(request, texts), texts)
    try:
        pretrained.open_encoder(settings)
    except ProjectError as problem:
        if settings.encoder != "minilm":
            raise
        # no other network takes its place unasked: what is learned of few English reviews hardly helps others
        instead = "--encoder none takes a network that learns other reviews first, which is far weaker"
        raise ProjectError(f"{problem}; {instead}") from None
    return from_encoder(request, texts)


def few_of(texts: Data, settings: Settings, model: str) -> Data:
    """Return as few texts as `settings.shots` says, or as suit the model that is adapted."""
    return texts.few(SHOTS[model] if settings.shots < 0 else settings.shots, settings.seed)


def from_encoder(request: Request[Settings], texts: Data) -> Start:
    """Adapt the pretrained encoder; beside it the same network learns from random weights."""
    settings = request.settings.suited("minilm")
    few = few_of(texts, settings, "minilm")
    card = card_of(few, settings, request.framework)
    stages = adaptation(settings)
    return Start(
        base=card.pretrained,
        run=None,
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


def from_run(request: Request[Settings], base: Run, texts: Data) -> Start:
    """Adapt the network of a run; it keeps its vocabulary, for its embedding knows no other words.

    Where the classes are the same it keeps its head, too, which knows them: all layers learn from the first
    epoch on.
    """
    card = bases.card_of_run(base)
    settings = request.settings.suited(card.model)
    began = runs.stored(base.path, Settings, "settings.json")
    bases.refuse_the_same(base, settings.data)
    few = few_of(bases.untouched(texts, base), settings, card.model)
    share = settings.encoder_rate if card.model == "minilm" else 1.0
    same_classes = card.classes == few.classes
    stages = adaptation(settings, share, head_knows=same_classes)
    network = replace(card, classes=few.classes, pretrained="")
    if card.model == "minilm":
        fresh = network
    else:
        same = {
            name: getattr(began, name) for name in ("model", "cell", "width", "layers", "heads", "length")
        }
        fresh = card_of(few, replace(settings, **same), request.framework)
    weights = jobs.weights_of(base)
    return Start(
        base=base.name,
        run=base,
        words=f"{base.path} has learned {began.data}",
        data=few,
        card=network,
        load=(lambda engine: engine.load(weights)) if same_classes else bases.from_run(base),
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


def adaptation(settings: Settings, share: float = 1.0, *, head_knows: bool = False) -> tuple[Stage, ...]:
    """Return the stages: the head alone, then everything, at rates that fall towards the input.

    A head that knows its classes already needs no stage of its own; its epochs are those of all layers.
    """
    rate, alone = settings.learning_rate, 0 if head_knows else settings.head_epochs
    epochs = settings.tune_epochs + settings.head_epochs - alone
    everything = Stage("all layers", epochs, rate, body=share, layer_decay=settings.layer_decay)
    if not alone:
        return (everything,)
    # a random head would send large gradients into the body and spoil what it knows
    return Stage("head", alone, rate * settings.head_boost, body=0.0), everything


def from_scratch(card: ModelCard, stages: tuple[Stage, ...], rate: float) -> Beside:
    """Return training from random weights for as many epochs as the stages of fine-tuning take."""
    words = "the same texts and epochs, beginning with random weights"
    return Beside("scratch", words, card, (Stage("train", sum(stage.epochs for stage in stages), rate),))
