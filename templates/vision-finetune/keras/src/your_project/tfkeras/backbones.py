"""Networks by name: our own EfficientNet-Lite0, or one of keras.applications."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from ..engine import ModelCard
from ..errors import ProjectError
from ..files import find
from . import model
from .model import HEAD, normalised_images, with_head

#: names that all the tutorials use, and keras.applications' names and modules of them
KNOWN = {"resnet50": "keras:ResNet50", "vgg16": "keras:VGG16"}
HELP = f"lite0, {', '.join(KNOWN)} or keras:NAME (a class of keras.applications)"
BODY = "body"


def build(card: ModelCard, seed: int) -> keras.Model:
    """Return the network of a card, with fresh weights."""
    if card.model == "lite0":
        return model.build(card, seed)
    images, x = normalised_images(card)
    body = made(card.model, card.image_shape, weights=None)
    x = layers.GlobalAveragePooling2D(name="pool")(body(Preprocess(card.model, name="preprocess")(x)))
    return with_head(card, images, x, seed)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    names = [layer.name for layer in network.layers]
    if BODY not in names:
        return model.sections(network)
    return {BODY: [network.get_layer(BODY)], HEAD: [network.get_layer(HEAD)]}


def load_imagenet(network: keras.Model, card: ModelCard, *, head: bool, file: str = "") -> None:
    """Put ImageNet weights, or those of a file, into the body; `head`: into the head of lite0, too.

    A file of another network is one that Keras wrote of it without its head (`include_top=False`).
    """
    if card.model == "lite0":
        model.load_imagenet(network, head=head, file=file)
        return
    knowing = made(card.model, card.image_shape, weights=str(find(file)) if file else "imagenet")
    network.get_layer(BODY).set_weights(knowing.get_weights())


def application(name: str) -> tuple[Any, Any]:
    """Return the class of keras.applications, and what its images are prepared by."""
    kind, _, wanted = KNOWN.get(name, name).partition(":")
    made = getattr(keras.applications, wanted, None)
    if kind != "keras" or not callable(made):
        raise ProjectError(f"there is no network {name!r} for Keras: {HELP}")
    module = next(
        one
        for one in vars(keras.applications).values()
        if getattr(one, "preprocess_input", None) and getattr(one, wanted, None) is made
    )
    return made, module.preprocess_input


def made(name: str, shape: tuple[int, int, int], *, weights: str | None) -> keras.Model:
    """Return a network of keras.applications without its head; Keras downloads its weights once."""
    kind, _ = application(name)
    try:
        return kind(include_top=False, input_shape=shape, weights=weights, name=BODY)
    except Exception as problem:  # what a failed download raises is of the class Exception itself
        first = (str(problem).splitlines() or [type(problem).__name__])[0]
        what = "make" if weights is None else "download the weights of"
        what = f"read {weights} as weights of" if weights and weights != "imagenet" else what
        raise ProjectError(f"cannot {what} {name}: {first}") from None


@keras.saving.register_keras_serializable(package="your_project")
class Preprocess(layers.Layer):
    """Bring images from 0..255 to what a network of keras.applications was trained with."""

    def __init__(self, model: str, **options: Any) -> None:
        super().__init__(**options)
        self.model = model
        self.prepare = application(model)[1]

    def call(self, images: Any) -> Any:
        return self.prepare(images)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "model": self.model}
