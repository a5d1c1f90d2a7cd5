"""Networks by name: our own EfficientNet-Lite0, or one of torchvision or timm where they are installed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ..engine import USUAL
from ..errors import ProjectError
from .model import HEAD, Classifier, Normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..engine import ModelCard

#: names that all the tutorials use, and whose networks they are
KNOWN = {"resnet18": "torchvision:resnet18", "resnet50": "torchvision:resnet50", "vgg16": "torchvision:vgg16"}
KNOWN |= {"vit": "torchvision:vit_b_16"}
HELP = f"lite0, {', '.join(KNOWN)}, torchvision:NAME or timm:NAME"


def build(card: ModelCard) -> Classifier | Foreign:
    """Return the network of a card, with fresh weights from PyTorch's generator: seed it before."""
    if card.model == "lite0":
        return Classifier(card)
    package, _, name = KNOWN.get(card.model, card.model).partition(":")
    if package not in ("torchvision", "timm") or not name:
        raise ProjectError(f"there is no network {card.model!r} for PyTorch: {HELP}")
    return Foreign(card, package, name)


class Foreign(nn.Module):
    """A network of another package: its body as it is, from normalised images to features, and our head."""

    def __init__(self, card: ModelCard, package: str, name: str) -> None:
        super().__init__()
        self.package, self.name, self.size = package, name, card.image_shape[0]
        self.body = made(package, name, self.size, pretrained=False)
        self.normalise = Normalise(*normalisation(self.body))
        features = cut_head(self.body).in_features
        self.dropout = nn.Dropout(card.dropout)
        self.head = nn.Linear(features, len(card.classes))
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head; rows of modules are taken apart."""
        return {**dict(learning(self.body)), HEAD: self.head}

    def seen(self) -> nn.Module | None:
        """Return the last convolution; a transformer, whose only one cuts the picture up, has none."""
        found = [one for one in self.body.modules() if isinstance(one, nn.Conv2d)]
        return found[-1] if len(found) > 1 else None

    def forward(self, images: Tensor) -> Tensor:
        x = self.dropout(self.body(self.normalise(images)).flatten(1))
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits

    def load_imagenet(self, *, head: bool) -> None:
        """Take the weights of the package, which downloads them once; the head stays ours."""
        knowing = made(self.package, self.name, self.size, pretrained=True)
        cut_head(knowing)
        self.body.load_state_dict(knowing.state_dict())


def normalisation(body: nn.Module) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation that a network was trained with, in 0..255; timm's networks say theirs."""
    said = getattr(body, "pretrained_cfg", None)
    if not said:
        return USUAL
    return tuple(255 * one for one in said["mean"]), tuple(255 * one for one in said["std"])


def made(package: str, name: str, size: int, *, pretrained: bool) -> nn.Module:
    """Return a package's network; what is not installed, not known or not to be downloaded is told."""
    try:
        library: Any = importlib.import_module(package)
    except (ImportError, RuntimeError) as problem:  # RuntimeError: a torchvision that does not fit torch
        raise ProjectError(
            f"cannot import {package} ({problem}): install the build of {package} that fits torch"
            f" {torch.__version__}, or choose --model lite0, which needs none"
        ) from None
    try:
        if package == "timm":
            fitted = {"img_size": size} if "vit" in name else {}
            network: nn.Module = library.create_model(name, pretrained=pretrained, **fitted)
        else:
            network = library.models.get_model(name, weights="DEFAULT" if pretrained else None)
    except (OSError, RuntimeError, ValueError, KeyError) as problem:
        what = "download the weights of" if pretrained else "make"
        raise ProjectError(f"cannot {what} {package}'s {name}: {str(problem).splitlines()[0]}") from None
    return network


def cut_head(network: nn.Module) -> nn.Linear:
    """Put nothing in the place of a network's last linear layer, and return that layer.

    Its 1000 outputs are scores of ImageNet's classes. They are no features: what tells our classes apart,
    but not ImageNet's, is lost in them.
    """
    named = [(name, one) for name, one in network.named_modules() if isinstance(one, nn.Linear)]
    if not named:
        raise ProjectError(f"{type(network).__name__} has no linear layer at its end: choose another --model")
    name, last = named[-1]
    network.set_submodule(name, nn.Identity())
    return last


def learning(body: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the parts of a body that have weights, from the input on; rows of modules one by one."""
    for name, child in body.named_children():
        if isinstance(child, nn.Sequential):
            yield from learning(child, f"{prefix}{name}.")
        elif any(True for _ in child.parameters()):
            yield f"{prefix}{name}", child
    loose = list(body.parameters(recurse=False))
    if loose:  # positions and class tokens of transformers
        yield f"{prefix}tokens", nn.ParameterList(loose)
