"""EfficientNet-Lite0, written out. The PyTorch side builds the same one; `lite0.py` says what it is made of.

A layer's name begins with that of its section (`stage2_0_expand`), so that sections can be frozen and learn
at rates of their own.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from .. import lite0
from ..engine import ModelCard
from ..files import find

HEAD = "head"


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network: uint8 images of shape (N, height, width, channels) to float32 logits (N, classes).

    The seed is that of dropout. Initial weights are drawn from Keras' global generator: seed it before, with
    `keras.utils.set_random_seed`.
    """
    images, x = normalised_images(card)
    for name in lite0.NAMES[: card.depth]:
        x = _section(x, name)
    return with_head(card, images, layers.GlobalAveragePooling2D(name="pool")(x), seed)


def normalised_images(card: ModelCard) -> tuple[Any, Any]:
    """Return the input, uint8 images, and the images normalised as the card says."""
    # uint8 up to here: a quarter of the bytes to move to the device.
    images = keras.Input(card.image_shape, dtype="uint8", name="images")
    # Rescaling, not Normalization: the latter's numbers would become inputs of an exported ONNX network.
    scale = [1 / deviation for deviation in card.std]
    offset = [-mean / deviation for mean, deviation in zip(card.mean, card.std, strict=True)]
    return images, layers.Rescaling(scale, offset, dtype="float32", name="normalise")(images)


def with_head(card: ModelCard, images: Any, features: Any, seed: int) -> keras.Model:
    """Return the network that ends in dropout and a linear head."""
    # With a seed, the state of its random numbers is a variable that a resume can restore.
    x = layers.Dropout(card.dropout, seed=seed, name="dropout")(features)
    # Small initial weights: at first all classes are equally likely, and the loss is log(classes).
    # float32 also under mixed precision: the exponentials of the loss need the digits.
    start = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Dense(len(card.classes), kernel_initializer=start, dtype="float32", name=HEAD)(x)
    return keras.Model(images, logits, name=card.model.replace(":", "_").lower())


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    names = (*lite0.NAMES, HEAD)
    groups = {name: [layer for layer in network.layers if layer.name.split("_")[0] == name] for name in names}
    return {name: group for name, group in groups.items() if group}


def load_imagenet(network: keras.Model, *, head: bool, file: str = "") -> None:
    """Put the ImageNet weights into the body, and into a head of 1000 outputs where it is asked for."""
    known = lite0.weights(find(file) if file else None)
    used = sections(network)
    for name, layer in known.body.items():
        if name.split(".")[0] not in used:
            continue
        place = name.replace(".", "_")
        # PyTorch has a kernel's outputs first, Keras last; of a depthwise one the two are (channels, 1)
        order = (2, 3, 0, 1) if name.endswith("depthwise") else (2, 3, 1, 0)
        network.get_layer(place).set_weights([layer.kernel.transpose(order)])
        norm = [layer.scale, layer.shift, layer.mean, layer.variance]
        network.get_layer(f"{place}_norm").set_weights(norm)
    if head:
        network.get_layer(HEAD).set_weights([known.kernel.T, known.bias])


def _section(x: Any, name: str) -> Any:
    if name == "stem":
        return _layer(x, name, lite0.STEM, 3, 2)
    if name == "top":
        return _layer(x, name, lite0.TOP, 1)
    stage = lite0.STAGES[lite0.NAMES.index(name) - 1]
    for number in range(stage.blocks):
        x = _block(x, f"{name}_{number}", stage, 1 if number else stage.stride)
    return x


def _block(x: Any, name: str, stage: lite0.Stage, stride: int) -> Any:
    """Widen, look around, narrow again (inverted residual: Sandler et al. 2018, arXiv:1801.04381)."""
    before, inputs = x, x.shape[-1]
    if stage.expand > 1:
        x = _layer(x, f"{name}_expand", inputs * stage.expand, 1)
    x = _layer(x, f"{name}_depthwise", 0, stage.kernel, stride)
    x = _layer(x, f"{name}_project", stage.channels, 1, active=False)
    if stride > 1 or inputs != stage.channels:
        return x
    return layers.Add(name=f"{name}_add")([x, before])


def _layer(x: Any, name: str, channels: int, kernel: int, stride: int = 1, *, active: bool = True) -> Any:
    """A convolution (depthwise: 0 channels), batch normalisation and, but where a block ends, ReLU6."""
    # no bias: the normalisation that follows has one. He et al. 2015, arXiv:1502.01852: by fan-out
    options: dict[str, Any] = {"strides": stride, "padding": "same", "use_bias": False, "name": name}
    if channels:
        start = keras.initializers.VarianceScaling(2.0, mode="fan_out", distribution="untruncated_normal")
        x = layers.Conv2D(channels, kernel, kernel_initializer=start, **options)(x)
    else:  # fan-out of one channel: Keras would count all of them
        spread = keras.initializers.RandomNormal(stddev=(2 / kernel**2) ** 0.5)
        x = layers.DepthwiseConv2D(kernel, depthwise_initializer=spread, **options)(x)
    # PyTorch's momentum; Keras' own (0.99) adapts too slowly for runs of a few hundred steps.
    x = layers.BatchNormalization(momentum=0.9, epsilon=lite0.EPSILON, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if active else x
