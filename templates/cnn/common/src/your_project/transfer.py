"""Fine-tuning: which network is adapted to which images, and in which stages.

By default a network learns the first half of the classes, and is adapted to the second half with few images
of each; with `--base` it is any network of yours, with `--data` any images.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import bases, data, runs
from .errors import ProjectError
from .settings import Settings
from .stages import Stage

if TYPE_CHECKING:
    from .bases import Start
    from .data import Data
    from .engine import ModelCard
    from .program import Request
    from .runs import Run

#: settings that make a base network what it is
BASE = (
    *("data", "image_size", "limit", "model", "width", "dropout", "epochs", "batch_size", "learning_rate"),
    *("weight_decay", "warmup", "label_smoothing", "clip", "patience", "augment", "seed"),
)


def start(request: Request[Settings]) -> Start:
    """Return the network to adapt, the few images to adapt it to, and what is trained beside it."""
    base, images = base_and_images(request)
    known = bases.card_of_run(base)
    # the body must see images normalised as it learned them: mean and deviation are the base's
    card = replace(known, classes=images.classes)
    stages = adaptation(request.settings)
    return bases.adapted(request, base, images, card, stages, knows=", ".join(known.classes))


def adaptation(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages: the head alone, then everything, at rates that fall towards the input."""
    everything = Stage(
        "all layers", settings.epochs, settings.learning_rate, layer_decay=settings.layer_decay
    )
    return bases.head_then_all(settings, everything)


def base_and_images(request: Request[Settings]) -> tuple[Run, Data]:
    """Return the run to adapt and the few images to adapt it to.

    By default the base is made here: the first half of the classes trains it, the second half is new to it.
    With `--base` it is any earlier run, and what is new to it are the classes of `--data`, or those of
    its own data that it was not trained on.
    """
    settings = request.settings
    if settings.base:
        base = bases.named(request)
        card = bases.card_of_run(base)
        images = data.load(replace(settings, image_size=card.image_shape[0])).fitted(card.image_shape)
        images = images.only(unseen_classes(base, card, settings, images))
    else:
        images = data.load(settings)
        half = len(images.classes) // 2
        if half < 2:  # two classes on either side, or there is nothing to tell apart
            raise ProjectError(
                f"{images.name} has {len(images.classes)} classes; without --base four are needed"
            )
        known = images.only(images.classes[:half])
        base = bases.made(request, known, BASE, ", ".join(known.classes))
        images = images.only(images.classes[half:])
    return base, bases.untouched(images, base).few(settings.shots, settings.seed)


def unseen_classes(base: Run, card: ModelCard, settings: Settings, images: Data) -> tuple[str, ...]:
    """Return the classes to adapt to: of the base's own data those that are new to it, of other data all."""
    if runs.stored(base.path, Settings, "settings.json").data != settings.data:
        return images.classes
    fresh = tuple(name for name in images.classes if name not in card.classes)
    if len(fresh) < 2:
        raise ProjectError(
            f"--base {base.name} was trained on {settings.data} itself: give other images by --data"
        )
    return fresh
