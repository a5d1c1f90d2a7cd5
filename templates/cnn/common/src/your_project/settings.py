"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {
    "model": "lenet",  # compiles in half the time
    "epochs": 1,
    "head_epochs": 1,
    "width": 8,
    "limit": 200,
    "batch_size": 32,
    "shots": 4,
    "trials": 2,
    "space": ("dropout=0,0.1",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train a network, evaluate it and write a report.",
    "finetune": "Adapt a trained network to new classes, beside training from scratch with the same budget.",
    "evaluate": "Evaluate a trained network on images that it was not trained on.",
    "predict": "Say what is on images.",
    "search": "Train with several settings, and keep the network that does best on the validation images.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = (
        "mnist5k"  # mnist5k | digits | mnist | fashion-mnist | cifar10 | a folder, one sub-folder a class
    )
    image_size: int = 64  # side in pixels to which the images of a folder are scaled
    limit: int = 0  # use only this many training images, 0 = all
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- network
    model: Literal["resnet", "lenet"] = "resnet"  # resnet is small and modern, lenet the tutorials' network
    width: int = 32  # channels of the first stage of resnet
    dropout: float = 0.1  # share of features dropped before the last layer

    # --- training
    epochs: int = 12  # passes over the training data
    batch_size: int = 64  # images per optimiser step
    learning_rate: float = 2e-3  # at its peak
    weight_decay: float = 5e-2  # decoupled (AdamW); not applied to biases and normalisation
    warmup: float = 0.15  # share of the steps in which the learning rate rises
    label_smoothing: float = 0.05  # 0 = hard labels
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 8  # stop after this many epochs without a better validation loss, 0 = never
    augment: bool = True  # random shifts (and flips, where a mirrored image keeps its class)
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    base: str = (
        ""  # run whose network is adapted; "" = one trained on the first half of the classes, for the rest
    )
    shots: int = 10  # training images of each new class, 0 = all
    head_epochs: int = 4  # epochs in which only the new head learns
    head_boost: float = 5.0  # while only the head learns, its learning rate is higher by this factor
    layer_decay: float = 0.5  # each stage nearer to the input learns slower by this factor

    # --- search
    trials: int = 8  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=5e-4:1e-2:log",
        "width=16,32,48",
        "dropout=0:0.3",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    images: tuple[str, ...] = ()  # image files or folders to look at; none = some of the test images
    invert: bool = False  # turn dark into bright and back, for black digits on white paper

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
        check(self, {"width": 1, "image_size": 8, "workers": 0}, ("dropout", "label_smoothing"))
