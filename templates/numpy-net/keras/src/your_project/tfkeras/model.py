"""The same network in Keras: what `by_hand/network.py` writes out, the backend derives by itself."""

from __future__ import annotations

import keras
from keras import layers

from ..by_hand.network import Weights
from ..engine import ModelCard

SECTIONS = ("hidden", "head")


def build(card: ModelCard, weights: Weights) -> keras.Model:
    """Return the network: (N, features) to logits (N, classes), with weights as `by_hand` has them."""
    inputs = keras.Input((card.features,), name="inputs")
    normal = layers.Rescaling(1 / card.std, -card.mean / card.std, name="normalise")(inputs)
    hidden = layers.Dense(card.hidden, activation=card.activation, name="hidden")(normal)
    # no softmax: the loss takes logits, because the exponentials of both together cannot overflow.
    # float32 also under mixed precision: those exponentials need the digits.
    precision = "float64" if keras.config.floatx() == "float64" else "float32"
    logits = layers.Dense(len(card.classes), dtype=precision, name="head")(hidden)
    network = keras.Model(inputs, logits, name="two_layers")
    for name, layer in sections(network).items():
        layer[0].set_weights([weights[f"{name}.weight"], weights[f"{name}.bias"]])
    return network


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, from the input to the head."""
    return {name: [network.get_layer(name)] for name in SECTIONS}
