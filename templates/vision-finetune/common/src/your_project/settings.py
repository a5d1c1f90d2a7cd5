"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import lite0
from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {
    "epochs": 1,
    "tune_epochs": 1,
    "head_epochs": 0,
    "unfreeze_epochs": 0,
    "depth": 3,
    "image_size": 32,
    "limit": 40,
    "batch_size": 20,
    "trials": 1,
    "space": ("dropout=0.1,0.2",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train the network from random weights, evaluate it and write a report.",
    "finetune": "Adapt a network that knows ImageNet, beside a frozen one and one trained from scratch.",
    "evaluate": "Evaluate a trained network on images that it was not trained on.",
    "predict": "Say what is on images.",
    "search": "Train with several settings, and keep the network that does best on the validation images.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = "photos"  # photos | cifar10 | a folder, one sub-folder a class
    image_size: int = 0  # side in pixels to which images are scaled, 0 = 64 (photos, cifar10), 160 (a folder)
    limit: int = 0  # use only this many training images, 0 = all
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- network
    model: str = (
        "lite0"  # lite0 | resnet18, resnet50, vgg16, vit | timm:NAME | transformers:FOLDER | keras:NAME
    )
    depth: int = (
        9  # sections of lite0's body that are used, 9 = all; fewer are faster and know simpler things
    )
    dropout: float = 0.2  # share of features dropped before the last layer

    # --- training
    epochs: int = 30  # passes over the training data
    batch_size: int = 32  # images per optimiser step
    learning_rate: float = 2e-3  # at its peak
    weight_decay: float = 1e-2  # decoupled (AdamW); not applied to biases and normalisation
    warmup: float = 0.15  # share of the steps in which the learning rate rises
    label_smoothing: float = 0.05  # 0 = hard labels
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 0  # stop after this many epochs without a better validation loss, 0 = never
    augment: bool = True  # random shifts (and flips, where a mirrored image keeps its class)
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    base: str = ""  # run whose network is adapted; "" = the one that knows ImageNet
    weights: str = ""  # file of the weights that the body begins with; "" = those of the network's package
    shots: int = 0  # training images of each class, 0 = all
    head_epochs: int = 4  # epochs in which only the new head learns, on frozen features (the probe)
    head_boost: float = 4.0  # while only the head learns, its learning rate is higher by this factor
    unfreeze_epochs: int = 1  # epochs in which the last sections of the body learn too, 0 = none
    unfreeze: int = 3  # how many sections those are
    tune_epochs: int = 2  # epochs in which every layer learns
    tune_rate: float = 2.5e-4  # learning rate of the head in fine-tuning, at its peak
    body_rate: float = 1.0  # learning rate of the body's last section, as a share of the head's
    layer_decay: float = 0.8  # each section nearer to the input learns slower by this factor

    # --- search
    trials: int = 6  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=5e-4:1e-2:log",
        "weight_decay=1e-3:1e-1:log",
        "dropout=0:0.4",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    images: tuple[str, ...] = ()  # image files or folders to look at; none = some of the test images
    invert: bool = False  # turn dark into bright and back

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"  # auto takes a faster one where it is safe
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest
    workers: int = 2  # threads that decode the images of a folder, 0 = none (for the debugger)

    # --- the run
    run: str = (
        ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (the others)
    )
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on few images; leaves nothing behind

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in words that name the setting."""
        least = {"image_size": 0, "workers": 0, "unfreeze_epochs": 0, "unfreeze": 1, "body_rate": 0}
        least |= {"tune_epochs": 1, "tune_rate": 0, "depth": 1}
        check(self, least, ("dropout", "label_smoothing"))
        if self.depth > len(lite0.NAMES):
            raise ValueError(f"depth must be at most {len(lite0.NAMES)}, not {self.depth}")
        if 0 < self.image_size < 32:  # five convolutions halve the sides
            raise ValueError(f"image_size must be 0 or at least 32, not {self.image_size}")
