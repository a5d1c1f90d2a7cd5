"""Networks by name: our own EfficientNet-Lite0, or one of a package where that is installed."""

from __future__ import annotations

import importlib
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ..engine import USUAL
from ..errors import ProjectError
from ..files import find
from .model import HEAD, Classifier, Normalise
from .sections import learning, passed, weight

if TYPE_CHECKING:
    from pathlib import Path

    from ..engine import ModelCard

#: names that all the tutorials use, and whose networks they are
KNOWN = {"resnet18": "torchvision:resnet18", "resnet50": "torchvision:resnet50", "vgg16": "torchvision:vgg16"}
KNOWN |= {"vit": "torchvision:vit_b_16"}
#: what reading a file of weights raises that is none, or of another network
UNREADABLE = (OSError, RuntimeError, EOFError, TypeError, ValueError, SafetensorError, UnpicklingError)
PACKAGES = ("torchvision", "timm", "transformers")
HELP = f"lite0, {', '.join(KNOWN)}, torchvision:NAME, timm:NAME or transformers:FOLDER"


def build(card: ModelCard) -> Classifier | Foreign:
    """Return the network of a card, with fresh weights from PyTorch's generator: seed it before."""
    if card.model == "lite0":
        return Classifier(card)
    package, _, name = KNOWN.get(card.model, card.model).partition(":")
    if package not in PACKAGES or not name:
        raise ProjectError(f"there is no network {card.model!r} for PyTorch: {HELP}")
    return Foreign(card, package, name)


class Foreign(nn.Module):
    """A network of another package: its body as it is, from normalised images to features, and our head."""

    def __init__(self, card: ModelCard, package: str, name: str) -> None:
        super().__init__()
        self.package, self.name, self.size = package, name, card.image_shape[0]
        self.body = made(package, name, self.size, pretrained=False)
        self.normalise = Normalise(*normalisation(self.body))
        features = self.body.width if isinstance(self.body, Pooled) else cut_head(self.body).in_features
        self.dropout = nn.Dropout(card.dropout)
        self.head = nn.Linear(features, len(card.classes))
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)
        try:
            self.passed = passed(self.body, self.size)
        except (RuntimeError, AssertionError, ValueError) as problem:
            reason = (str(problem).splitlines() or [type(problem).__name__])[0]
            raise ProjectError(
                f"{package}'s {name} takes no images of {self.size} pixels: {reason}"
            ) from None

    def sections(self) -> dict[str, nn.Module]:
        """Return all that learns, by name, from the input to the head; rows of modules are taken apart."""
        body = self.body.model if isinstance(self.body, Pooled) else self.body
        found = dict(learning(body))
        # in the order in which they are passed: some networks name what comes early last. What is never
        # called, as class tokens and positions, is added to what comes in.
        order = {one: at for at, (one, _) in enumerate(self.passed)}
        names = sorted(found, key=lambda name: order.get(found[name], -1))
        return {**{name: found[name] for name in names}, HEAD: self.head}

    def seen(self) -> nn.Module | None:
        """Return the last module that learns and gives a picture: a block as a whole, with its shortcut.

        A transformer has none: behind the convolution that cuts the picture up it has tokens.
        """
        last = None
        for one, shape in self.passed:
            if not weight(one) or not shape:
                continue
            if len(shape) == 3 or (len(shape) == 4 and shape[2] != shape[3]):  # tokens, or channels last
                last = None
            elif len(shape) == 4 and shape[2] > 1:
                last = one
        return last

    def forward(self, images: Tensor) -> Tensor:
        x = self.dropout(self.body(self.normalise(images)).flatten(1))
        with torch.autocast(x.device.type, enabled=False):
            logits: Tensor = self.head(x.float())
        return logits

    def load_imagenet(self, *, head: bool, file: str = "") -> None:
        """Take the weights of a file, else of the package, which downloads them once; the head stays ours."""
        if file:
            load_body(self.body, find(file))
            return
        knowing = made(self.package, self.name, self.size, pretrained=True)
        if not isinstance(knowing, Pooled):
            cut_head(knowing)
        self.body.load_state_dict(knowing.state_dict())


class Pooled(nn.Module):
    """A network of transformers: the features of its first token, or their mean over the picture."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model, config = model, model.config
        self.image_size: Any = getattr(config, "image_size", None) if hasattr(config, "patch_size") else None
        self.width: int = getattr(config, "hidden_size", 0) or config.hidden_sizes[-1]
        if any(True for _ in getattr(model, "pooler", nn.Identity()).parameters()):
            model.pooler = None  # learned for another task, and not asked

    def forward(self, images: Tensor) -> Tensor:
        seen: Tensor = self.model(pixel_values=images).last_hidden_state
        return seen.mean((2, 3)) if seen.ndim == 4 else seen[:, 0]


def load_body(body: nn.Module, file: Path) -> None:
    """Put the weights of a file (safetensors, or a `state_dict` of `torch.save`) into a body.

    What else is in it, as the head of 1000 classes, is left out; what is missing is a `ProjectError`.
    """
    try:
        if file.suffix == ".safetensors":
            found = load_file(file)
        else:  # weights_only: such a file is a pickle, which could run code
            found = torch.load(file, map_location="cpu", weights_only=True)
        body.load_state_dict({name: found[name] for name in body.state_dict()})
    except KeyError as problem:
        raise ProjectError(f"{file} is of another network: it holds no {problem}") from None
    except UNREADABLE as problem:
        reason = (str(problem).splitlines() or [type(problem).__name__])[0].partition(". ")[0]
        raise ProjectError(f"cannot read {file} as weights of this network: {reason}") from None


def normalisation(body: nn.Module) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation that a network was trained with, in 0..255; timm's networks say theirs."""
    said = getattr(body, "pretrained_cfg", None) or {}
    if isinstance(body, Pooled):
        said = prepared(body.model.name_or_path)
    if not said:
        return USUAL
    return tuple(255 * one for one in said["mean"]), tuple(255 * one for one in said["std"])


def prepared(folder: str) -> dict[str, Any]:
    """Return mean and deviation from what lies beside a network of transformers, or nothing."""
    transformers: Any = importlib.import_module("transformers")  # none of the project's requirements
    try:
        said = transformers.ImageProcessingMixin.get_image_processor_dict(folder)[0]
    except OSError:
        return {}
    return {"mean": said["image_mean"], "std": said["image_std"]} if "image_mean" in said else {}


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
        elif package == "transformers":
            network = of_transformers(library, name, pretrained=pretrained)
        else:
            network = library.models.get_model(name, weights="DEFAULT" if pretrained else None)
    except (OSError, RuntimeError, ValueError, KeyError) as problem:
        what = "download the weights of" if pretrained else "make"
        raise ProjectError(f"cannot {what} {package}'s {name}: {str(problem).splitlines()[0]}") from None
    wanted = getattr(network, "image_size", None)  # of a transformer that knows positions of one size only
    if isinstance(wanted, int) and wanted != size:
        raise ProjectError(f"{package}'s {name} takes images of {wanted} pixels: add --image-size {wanted}")
    return network


def of_transformers(library: Any, name: str, *, pretrained: bool) -> Pooled:
    """Return a network of transformers: of a folder that `save_pretrained` wrote, or by its name.

    None of its code is run, and weights are read from safetensors only.
    """
    place = str(find(name)) if find(name).is_dir() else name
    safe = {"trust_remote_code": False}
    if pretrained:
        return Pooled(library.AutoModel.from_pretrained(place, use_safetensors=True, **safe))
    config = library.AutoConfig.from_pretrained(place, **safe)
    fresh = library.AutoModel.from_config(config, **safe)
    fresh.name_or_path = place
    return Pooled(fresh)


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
