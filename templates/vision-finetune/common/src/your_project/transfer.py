"""Fine-tuning: a network that knows ImageNet is adapted to a few images of other things.

First only a new head learns, on features that stay as they are (a linear probe); then the last sections of
the body learn as well, then all of them, the slower the nearer to the input (gradual unfreezing and
discriminative rates: Howard and Ruder 2018, arXiv:1801.06146). Beside it the head alone is trained for as
many epochs, which shows what unfreezing is worth, and the same network from random weights.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import bases, data, imagenet, lite0
from .bases import Beside, Start
from .engine import card_of
from .stages import Stage
from .training import make_engine

if TYPE_CHECKING:
    from .data import Data
    from .engine import ModelCard, TaskEngine
    from .program import Request
    from .settings import Settings


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the images to adapt it to, and what is trained beside it."""
    settings = request.settings
    if settings.base:
        return from_own_run(request)
    images = data.load(settings).few(settings.shots, settings.seed)
    card = card_of(images, settings, request.framework)
    stages = adaptation(settings)
    frozen = Beside("probe", "the head alone, as many epochs", card, probe(settings, stages), from_imagenet)
    # what a file or a folder of the user's own knows, only the user can tell
    source = settings.weights or ("" if card.model.startswith("transformers:") else "ImageNet")
    return Start(
        base=f"{card.model} ({source})" if source else card.model,
        words=f"{card.model} knows {source}" if source == "ImageNet" else f"{card.model} {source}".strip(),
        data=images,
        card=card,
        load=from_imagenet,
        stages=stages,
        beside=(frozen, bases.scratch(card, settings, stages)),
        # other packages' networks have other classes, or these in another order
        known=lambda: {"before": before(request, images, card)} if card.model == "lite0" else {},
    )


def from_own_run(request: Request[Settings]) -> Start:
    """Return a start from a run of this project: what it learned is adapted to other images."""
    settings, base = request.settings, bases.named(request)
    bases.refuse_the_same(base, settings.data)
    card = bases.card_of_run(base)
    images = data.load(replace(settings, image_size=card.image_shape[0])).fitted(card.image_shape)
    images = bases.untouched(images, base).few(settings.shots, settings.seed)
    card = replace(card, classes=images.classes)
    stages, load = adaptation(settings), bases.from_run(base)
    frozen = Beside("probe", "the head alone, as many epochs", card, probe(settings, stages), load)
    return Start(
        base=base.name,
        run=base,
        words=f"{base.path} knows {', '.join(bases.card_of_run(base).classes)}",
        data=images,
        card=card,
        load=load,
        stages=stages,
        beside=(frozen, bases.scratch(card, settings, stages)),
    )


def from_imagenet(engine: TaskEngine) -> None:
    """Give a fresh network the body that knows ImageNet."""
    engine.load_imagenet()


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: the head alone, the last sections, everything."""
    rate, few = settings.tune_rate, settings.unfreeze
    # a single layer bears a high rate; its random start would otherwise send large gradients into the body
    head = Stage("head", settings.head_epochs, rate * settings.head_boost, body=0.0)
    everything = Stage("all layers", settings.tune_epochs, rate, settings.body_rate, settings.layer_decay)
    everything = replace(everything, averages=False)
    last = replace(everything, name=f"last {few}", epochs=settings.unfreeze_epochs, open=few)
    return tuple(stage for stage in (head, last, everything) if stage.epochs)


def probe(settings: Settings, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the one stage in which the head alone learns, for as many epochs as all the stages take."""
    epochs = sum(stage.epochs for stage in stages)
    return (Stage("head", epochs, settings.tune_rate * settings.head_boost, body=0.0),)


def before(request: Request[Settings], images: Data, card: ModelCard) -> list[dict[str, Any]]:
    """Return what the network with its own head, before it is adapted, takes the test images for."""
    whole = replace(card, classes=imagenet.names(), depth=len(lite0.NAMES))
    knowing = make_engine(request.framework, request.settings, whole)
    knowing.load_imagenet(head=True)
    return imagenet.guesses(knowing.outputs(images.test), images.test, images.classes)
