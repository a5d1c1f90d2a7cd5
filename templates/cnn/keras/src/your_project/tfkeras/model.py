"""The networks: a small ResNet, and LeNet as the tutorials have it. The PyTorch side builds the same ones.

A layer's name begins with that of its section (`stage2_conv1`), so that sections can be frozen and learn at
rates of their own.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from ..engine import ModelCard
from ..errors import ProjectError

STAGES = {"resnet": ("stem", "stage1", "stage2", "stage3"), "lenet": ("conv1", "conv2", "fc")}
HEAD = "head"


def build(card: ModelCard, seed: int = 0) -> keras.Model:
    """Return the network: uint8 images of shape (N, height, width, channels) to float32 logits (N, classes).

    The seed is that of dropout. Initial weights are drawn from Keras' global generator: seed it before, with
    `keras.utils.set_random_seed`.
    """
    # uint8 up to here: a quarter of the bytes to move to the device.
    images = keras.Input(card.image_shape, dtype="uint8", name="images")
    # Rescaling, not Normalization: the latter's numbers would become inputs of an exported ONNX network.
    scale = [1 / deviation for deviation in card.std]
    offset = [-mean / deviation for mean, deviation in zip(card.mean, card.std, strict=True)]
    x = layers.Rescaling(scale, offset, dtype="float32", name="normalise")(images)
    if card.model not in STAGES:
        raise ProjectError(f"there is no network {card.model!r}: {', '.join(STAGES)}")
    x = _resnet(x, card.width) if card.model == "resnet" else _lenet(x)
    # With a seed, the state of its random numbers is a variable that a resume can restore. Without one, the
    # torch backend would draw from PyTorch's global generator.
    x = layers.Dropout(card.dropout, seed=seed, name="dropout")(x)
    # Small initial weights: at first all classes are equally likely, and the loss is log(classes).
    # float32 also under mixed precision: the exponentials of the loss need the digits.
    start = keras.initializers.RandomNormal(stddev=0.01)
    logits = layers.Dense(len(card.classes), kernel_initializer=start, dtype="float32", name=HEAD)(x)
    return keras.Model(images, logits, name=card.model)


def sections(network: keras.Model) -> dict[str, list[keras.Layer]]:
    """Return the layers that learn, in groups, from the input to the head."""
    names = (*STAGES[network.name], HEAD)
    return {name: [layer for layer in network.layers if layer.name.split("_")[0] == name] for name in names}


def _convolution(x: Any, name: str, channels: int, kernel: int, *, stride: int = 1, padding: int = 0) -> Any:
    mode = "same" if padding and stride == 1 else "valid"
    if padding and stride > 1:
        # By hand: "same" would pad only the lower right here, and PyTorch pads on all sides.
        x = layers.ZeroPadding2D(padding, name=f"{name}_pad")(x)
    if kernel == 1 and stride > 1:
        # The same numbers in as much time: first every second pixel, then a convolution of stride 1. On
        # processors oneDNN, which TensorFlow and PyTorch compute with, writes past its buffer in the gradient
        # of a strided 1x1 convolution of fewer than 16 channels (8 without AVX-512): the program dies without
        # a word, or learns from wrong numbers. https://github.com/uxlfoundation/oneDNN/issues/6035
        x, stride = layers.AveragePooling2D(1, stride, name=f"{name}_thin")(x), 1
    return layers.Conv2D(
        channels,
        kernel,
        strides=stride,
        padding=mode,
        use_bias=False,  # the normalisation that follows has one
        kernel_initializer=_he_normal(),
        name=name,
    )(x)


def _he_normal() -> keras.initializers.Initializer:
    # He et al. (2015), https://arxiv.org/abs/1502.01852: keeps the size of the gradients through ReLU layers.
    return keras.initializers.VarianceScaling(2.0, mode="fan_out", distribution="untruncated_normal")


def _normalised(x: Any, name: str) -> Any:
    # PyTorch's numbers; Keras' own (0.99, 1e-3) adapt too slowly for runs of a few hundred steps.
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)


def _block(x: Any, stage: str, channels: int, stride: int) -> Any:
    """Two convolutions beside a short cut: the block only has to learn what must change."""
    short_cut = x
    if stride != 1 or x.shape[-1] != channels:
        short_cut = _convolution(x, f"{stage}_skip", channels, 1, stride=stride)
        short_cut = _normalised(short_cut, f"{stage}_skip_norm")
    x = _convolution(x, f"{stage}_conv1", channels, 3, stride=stride, padding=1)
    x = layers.ReLU(name=f"{stage}_relu1")(_normalised(x, f"{stage}_norm1"))
    x = _normalised(_convolution(x, f"{stage}_conv2", channels, 3, padding=1), f"{stage}_norm2")
    return layers.ReLU(name=f"{stage}_relu2")(layers.Add(name=f"{stage}_add")([x, short_cut]))


def _resnet(x: Any, width: int) -> Any:
    x = _normalised(_convolution(x, "stem_conv", width, 3, padding=1), "stem_norm")
    x = layers.ReLU(name="stem_relu")(x)
    for number, (channels, stride) in enumerate(((width, 1), (2 * width, 2), (4 * width, 2)), start=1):
        x = _block(x, f"stage{number}", channels, stride)
    return layers.GlobalAveragePooling2D(name="pool")(x)


def _lenet(x: Any) -> Any:
    """LeNet-5 (LeCun et al. 1998) with ReLU and max pooling, as tutorials have it; its sizes are fixed."""
    height, width = x.shape[1:3]
    if min(height, width) < 4:
        raise ProjectError(f"images of {height}x{width} pixels are too small for lenet; use --model resnet")
    # The second convolution has no padding in the original (28x28); on tiny images nothing would be left.
    padding = "valid" if min(height, width) >= 12 else "same"
    for name, channels, mode in (("conv1", 6, "same"), ("conv2", 16, padding)):
        x = layers.Conv2D(channels, 5, padding=mode, kernel_initializer=_he_normal(), name=name)(x)
        x = layers.MaxPooling2D(name=f"{name}_pool")(layers.ReLU(name=f"{name}_relu")(x))
    x = layers.Flatten(name="fc_flatten")(x)
    for number, units in enumerate((120, 84), start=1):
        start = _he_normal()
        x = layers.Dense(units, activation="relu", kernel_initializer=start, name=f"fc_{number}")(x)
    return x
