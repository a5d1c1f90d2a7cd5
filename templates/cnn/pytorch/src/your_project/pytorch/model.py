"""The networks: a small ResNet, and LeNet as the tutorials have it. The Keras side builds the same ones.

Both take uint8 images of shape (N, channels, height, width) and give float32 logits of shape (N, classes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from ..errors import ProjectError

if TYPE_CHECKING:
    from ..engine import ModelCard

HEAD = "head"


class Normalise(nn.Module):
    """Give each channel mean 0 and variance 1. The numbers come from the model card, not from the weights."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images.float() - self.mean) / self.std


class Residual(nn.Module):
    """Two convolutions beside a short cut: the block only has to learn what must change."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            # no bias: the normalisation that follows has one
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.stride = stride
        self.short_cut = nn.Sequential()
        if stride != 1 or inputs != outputs:  # the shapes differ, so a 1x1 convolution makes them fit
            self.short_cut.append(nn.Conv2d(inputs, outputs, 1, bias=False))
            self.short_cut.append(nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.convolutions(x) + self.short_cut(self.thinned(x)))

    def thinned(self, x: Tensor) -> Tensor:
        """Return every second pixel where the convolutions halve the sides.

        The short cut's convolution could do that by its stride: the same numbers in as much time. But on
        processors oneDNN, which PyTorch computes with, writes past its buffer in the gradient of a strided
        1x1 convolution of fewer than 16 channels (8 without AVX-512): the program dies without a word, or
        learns from wrong numbers. https://github.com/uxlfoundation/oneDNN/issues/6035
        """
        return avg_pool2d(x, 1, self.stride) if self.stride > 1 else x


class Classifier(nn.Module):
    """Normalisation, a body in sections, dropout and a linear head."""

    def __init__(self, card: ModelCard, body: dict[str, nn.Module], features: int) -> None:
        super().__init__()
        self.normalise = Normalise(card.mean, card.std)
        self.body = nn.ModuleDict(body)
        self.dropout = nn.Dropout(card.dropout)
        self.head = nn.Linear(features, len(card.classes))
        self.apply(initialise)
        # a small head: at first all classes are equally likely, and the loss is log(classes)
        nn.init.normal_(self.head.weight, std=0.01)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {**self.body, HEAD: self.head}

    def forward(self, images: Tensor) -> Tensor:
        x = self.normalise(images)
        for section in self.body.values():
            x = section(x)
        x = self.dropout(x)
        # float32 also under mixed precision: the exponentials of the loss need the digits
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits


class GlobalAverage(nn.Module):
    """The mean of each channel over the whole picture, so that images of any size give as many features."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


def build(card: ModelCard) -> Classifier:
    """Return the network of a card, with fresh weights from PyTorch's generator: seed it before."""
    if card.model == "resnet":
        return Classifier(card, *resnet(card.image_shape[2], card.width))
    if card.model == "lenet":
        return Classifier(card, *lenet(*card.image_shape))
    raise ProjectError(f"there is no network {card.model!r}: resnet, lenet")


def resnet(channels: int, width: int) -> tuple[dict[str, nn.Module], int]:
    """Return a stem and three stages of a residual block; the later two halve sides and double channels.

    After He et al. 2016 (arXiv:1512.03385), cut down to what small images need.
    """
    first = nn.Conv2d(channels, width, 3, padding=1, bias=False)
    body: dict[str, nn.Module] = {
        "stem": nn.Sequential(first, nn.BatchNorm2d(width), nn.ReLU(inplace=True)),
        "stage1": Residual(width, width, 1),
        "stage2": Residual(width, 2 * width, 2),
        "stage3": nn.Sequential(Residual(2 * width, 4 * width, 2), GlobalAverage()),
    }
    return body, 4 * width


def lenet(height: int, width: int, channels: int) -> tuple[dict[str, nn.Module], int]:
    """Return LeNet-5 (LeCun et al. 1998) with ReLU and max pooling, as the tutorials have it."""
    if min(height, width) < 4:
        raise ProjectError(f"images of {height}x{width} pixels are too small for lenet; use --model resnet")
    # The second convolution has no padding in the original (28x28); on tiny images nothing would be left.
    padding = 0 if min(height, width) >= 12 else 2
    rows, columns = ((side // 2 - 4 + 2 * padding) // 2 for side in (height, width))
    body: dict[str, nn.Module] = {
        "conv1": nn.Sequential(nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        "conv2": nn.Sequential(nn.Conv2d(6, 16, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2)),
        "fc": nn.Sequential(
            nn.Flatten(), nn.Linear(16 * rows * columns, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU()
        ),
    }
    return body, 84


def initialise(layer: nn.Module) -> None:
    """Draw weights so that signals keep their size through ReLU layers (He et al. 2015, arXiv:1502.01852)."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
