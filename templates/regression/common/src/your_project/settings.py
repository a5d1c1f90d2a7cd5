"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {
    "epochs": 3,
    "head_epochs": 1,
    "width": 8,
    "limit": 100,
    "batch_size": 16,
    "trials": 2,
    "space": ("learning_rate=1e-3:1e-2:log",),
    "formats": ("onnx",),
}

#: learning rates that did best on the validation rows of the cars. One layer bears ten times as much, and
#: needs it: with the rate of mlp a linear model is only half-way to its closed form after 100 epochs.
RATES = {"mlp": 2e-3, "polynomial": 2e-2, "linear": 2e-2}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train a network that predicts a number, evaluate it beside simple models and write a report.",
    "finetune": "Adapt a trained network to another group of rows, beside training from scratch.",
    "evaluate": "Evaluate a trained network on rows that it was not trained on.",
    "predict": "Predict the numbers of new rows.",
    "search": "Train with several settings, and keep the network that does best on the validation rows.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = "auto-mpg"  # auto-mpg | diabetes | california | a CSV file with one line of names
    target: str = ""  # column to predict; "" = that of the built-in data, of a file the last one
    drop: tuple[str, ...] = ()  # columns that the network must not see
    categories: tuple[str, ...] = ()  # columns of numbers that are names: postcodes, numbers of shops
    limit: int = 0  # use only this many training rows, 0 = all
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- network
    model: Literal["mlp", "polynomial", "linear"] = (
        "mlp"  # linear is the line, polynomial bends it, mlp learns
    )
    width: int = 64  # units of each hidden layer of mlp
    depth: int = 2  # hidden layers of mlp
    dropout: float = 0.0  # share of the hidden units dropped in training
    degree: int = 2  # of polynomial: products of up to this many features

    # --- training
    epochs: int = 100  # passes over the training rows
    batch_size: int = 32  # rows per optimiser step
    learning_rate: float = 0.0  # at its peak; 0 = 2e-3 for mlp, 2e-2 for polynomial and linear
    weight_decay: float = 1e-2  # decoupled (AdamW); not applied to biases
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 0  # stop after this many epochs without a better validation loss, 0 = never
    seed: int = 0  # one number seeds all but the split; in fine-tuning also which few rows are learned from
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    base: str = ""  # run whose network is adapted; "" = one trained on all groups but the new one
    group: str = ""  # column that divides the rows into groups; "" = that of the built-in data
    new: tuple[
        str, ...
    ] = ()  # values of that column that are new to the base; none = the data's own, or all but the commonest
    shots: int = 10  # training rows of the new groups, 0 = as many as training would take
    head_epochs: int = 20  # epochs in which only the last layer learns
    head_boost: float = 3.0  # while only the head learns, its learning rate is higher by this factor
    layer_decay: float = 0.5  # each layer nearer to the input learns slower by this factor

    # --- search
    trials: int = 8  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=1e-3:2e-2:log",
        "width=32,64,128",
        "weight_decay=1e-3:1e-1:log",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    rows: str = ""  # CSV file of rows to predict, with or without the target; "" = some of the test rows
    output: str = ""  # CSV file that the predictions are written to

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = (
        "fp32"  # a number needs its digits, and rows are quick
    )
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest

    # --- the run
    run: str = (
        ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (the others)
    )
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on few rows; leaves nothing behind

    def __post_init__(self) -> None:
        """Fill in what follows from the model; refuse what cannot be meant, naming the setting."""
        if not self.learning_rate:
            object.__setattr__(self, "learning_rate", RATES[self.model])
        check(self, {"width": 1, "depth": 1, "degree": 1}, ("dropout",))
