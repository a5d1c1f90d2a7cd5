"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {
    "epochs": 2,
    "head_epochs": 1,
    "hidden": 8,
    "limit": 200,
    "shots": 4,
    "trials": 2,
    "space": ("hidden=8,16",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train the network, evaluate it and write a report.",
    "finetune": "Adapt a trained network to another task, beside training from scratch.",
    "evaluate": "Evaluate a trained network on samples that it was not trained on.",
    "predict": "Say what samples are.",
    "search": "Train with several settings, and keep the network that does best on the validation samples.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = "digits"  # digits: 1,797 handwritten ones, 8x8 pixels | xor: its four points
    limit: int = 0  # use only this many training samples, 0 = all

    # --- network
    hidden: int = 128  # units of the hidden layer
    activation: Literal["tanh", "sigmoid", "relu"] = "tanh"  # what bends the hidden layer's sums

    # --- training
    epochs: int = 30  # passes over the training data
    batch_size: int = 32  # samples per optimiser step
    learning_rate: float = 1e-2  # at its peak
    weight_decay: float = 3e-1  # decoupled (AdamW); not applied to biases
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 15  # stop after this many epochs without a better validation loss, 0 = never
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    task: Literal["even-odd", "new-digits"] = "even-odd"  # tell even from odd digits, or 5 to 9 after 0 to 4
    base: str = ""  # run whose network is adapted; "" = one that is trained for it
    shots: int = 25  # training samples of each new class, 0 = all
    head_epochs: int = 5  # epochs in which only the new head learns
    head_boost: float = 3.0  # while only the head learns, its learning rate is higher by this factor
    layer_decay: float = 0.3  # the hidden layer learns slower than the head by this factor

    # --- search
    trials: int = 8  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=1e-3:3e-2:log",
        "hidden=16,32,64,128",
        "activation=tanh,sigmoid,relu",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, json (NumPy), pt2 (PyTorch), keras, saved_model (Keras); none = all

    # --- prediction
    samples: tuple[str, ...] = ()  # features of each sample, as in 0,1 for xor; none = some test samples

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "fp32"  # lower ones gain nothing at this size
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto: the fastest; NumPy has cpu only

    # --- the run
    run: str = (
        ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (the others)
    )
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on few samples; leaves nothing behind

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in words that name the setting."""
        check(self, {"hidden": 1})
