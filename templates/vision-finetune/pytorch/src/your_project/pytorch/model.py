"""EfficientNet-Lite0, written out. The Keras side builds the same one; `lite0.py` says what it is made of.

It takes uint8 images of shape (N, channels, height, width) and gives float32 logits of shape (N, classes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from .. import lite0
from ..files import find

if TYPE_CHECKING:
    from ..engine import ModelCard

HEAD = "head"


class Normalise(nn.Module):
    """Normalise each channel by numbers of the model card, which are those of the ImageNet weights."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images.float() - self.mean) / self.std


class Normalised(nn.Module):
    """A convolution, batch normalisation and, but where a block ends, ReLU6."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1, active: bool = True
    ) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        # no bias: the normalisation that follows has one
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=lite0.EPSILON)
        self.activation = nn.ReLU6() if active else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        if self.kernel > 1:
            # TensorFlow's "same", with which the weights were trained: at a stride it is not PyTorch's
            rows, columns = (lite0.padding(side, self.kernel, self.stride) for side in x.shape[2:])
            x = pad(x, (*columns, *rows))
        result: Tensor = self.activation(self.norm(self.conv(x)))
        return result


class Block(nn.Module):
    """An inverted residual (Sandler et al. 2018, arXiv:1801.04381): widen, look around, narrow again."""

    def __init__(self, inputs: int, stage: lite0.Stage, stride: int) -> None:
        super().__init__()
        wide = inputs * stage.expand
        self.expand = Normalised(inputs, wide, 1) if stage.expand > 1 else nn.Identity()
        self.depthwise = Normalised(wide, wide, stage.kernel, stride, groups=wide)
        self.project = Normalised(wide, stage.channels, 1, active=False)
        self.short_cut = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.project(self.depthwise(self.expand(x)))
        return result + x if self.short_cut else result


class Classifier(nn.Module):
    """Normalisation, a body in sections, the mean over the picture, dropout and a linear head."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.normalise = Normalise(card.mean, card.std)
        self.body = nn.Sequential()
        channels = (card.image_shape[2], *lite0.CHANNELS)
        for name, inputs in zip(lite0.NAMES[: card.depth], channels, strict=False):
            self.body.add_module(name, section(name, inputs))
        self.dropout = nn.Dropout(card.dropout)
        self.head = nn.Linear(channels[card.depth], len(card.classes))
        self.apply(initialise)
        # a small head: at first all classes are equally likely, and the loss is log(classes)
        nn.init.normal_(self.head.weight, std=0.01)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head."""
        return {**dict(self.body.named_children()), HEAD: self.head}

    def seen(self) -> nn.Module:
        """Return the last module whose output still has rows and columns."""
        return self.body

    def forward(self, images: Tensor) -> Tensor:
        x = self.dropout(self.body(self.normalise(images)).mean((2, 3)))
        # float32 also under mixed precision: the exponentials of the loss need the digits
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits

    @torch.no_grad()
    def load_imagenet(self, *, head: bool, file: str = "") -> None:
        """Put the ImageNet weights into the body, and into a head of 1000 outputs where it is asked for."""
        known = lite0.weights(find(file) if file else None)
        used = dict(self.body.named_children())
        for name, layer in known.body.items():
            if name.split(".")[0] not in used:
                continue
            own: Any = self.body.get_submodule(name)
            pairs = (
                (own.conv.weight, layer.kernel),
                (own.norm.weight, layer.scale),
                (own.norm.bias, layer.shift),
                (own.norm.running_mean, layer.mean),
                (own.norm.running_var, layer.variance),
            )
            for mine, theirs in pairs:
                mine.copy_(torch.tensor(theirs))
        if head:
            self.head.weight.copy_(torch.tensor(known.kernel))
            self.head.bias.copy_(torch.tensor(known.bias))


def section(name: str, inputs: int) -> nn.Module:
    """Return a section of the body, with fresh weights."""
    if name == "stem":
        return Normalised(inputs, lite0.STEM, 3, 2)
    if name == "top":
        return Normalised(inputs, lite0.TOP, 1)
    stage = lite0.STAGES[lite0.NAMES.index(name) - 1]
    first = Block(inputs, stage, stage.stride)
    return nn.Sequential(first, *(Block(stage.channels, stage, 1) for _ in range(stage.blocks - 1)))


def initialise(layer: nn.Module) -> None:
    """Draw weights so that signals keep their size through ReLU layers (He et al. 2015, arXiv:1502.01852)."""
    if isinstance(layer, nn.Conv2d):
        # fan-out of a depthwise convolution is that of one channel: PyTorch would count all of them
        outputs = layer.out_channels // layer.groups * layer.kernel_size[0] * layer.kernel_size[1]
        nn.init.normal_(layer.weight, std=(2 / outputs) ** 0.5)
    elif isinstance(layer, nn.Linear):
        nn.init.zeros_(layer.bias)
