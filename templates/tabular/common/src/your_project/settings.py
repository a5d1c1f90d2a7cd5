"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs
SMOKE = {
    "epochs": 1,
    "head_epochs": 1,
    "width": 16,
    "members": 2,
    "limit": 300,
    "batch_size": 32,
    "shots": 40,
    "trials": 2,
    "space": ("dropout=0,0.1",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train a network, evaluate it and write a report.",
    "finetune": "Adapt a trained network to a new group of rows, beside training from scratch on them.",
    "evaluate": "Evaluate a trained network on rows that it was not trained on.",
    "predict": "Say what rows are.",
    "search": "Train with several settings, and keep the network that does best on the validation rows.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = "adult"  # adult | breast_cancer | wine | a .csv (.csv.gz, .tsv) or .parquet file
    target: str = ""  # the column to be told; "" = the last one
    positive: str = ""  # of two classes the one to be found; "" = the rarer one
    drop: tuple[str, ...] = ()  # columns that the network must not see: names, numbers of customers
    categories: tuple[str, ...] = ()  # columns of numbers that are names: postcodes, numbers of shops
    limit: int = 0  # use only this many training rows, 0 = all

    # --- network
    model: Literal["tabm", "mlp", "wide"] = "tabm"  # tabm is modern; wide the tutorials' 1024-1024-1
    width: int = 128  # units of each hidden layer of tabm and mlp
    depth: int = 2  # their hidden layers
    members: int = 16  # of tabm: networks in one, which share nearly all weights
    embedding: int = 8  # numbers by which each category is described
    dropout: float = 0.1  # share of units dropped after each hidden layer

    # --- training
    epochs: int = 24  # passes over the training data
    batch_size: int = 128  # rows per optimiser step
    learning_rate: float = 2e-3  # at its peak
    weight_decay: float = 3e-2  # decoupled (AdamW); not applied to biases
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 8  # stop after this many epochs without a better validation loss, 0 = never
    balance: bool = False  # let rare classes weigh as much as common ones; scores are no probabilities then
    aim: Literal["f1", "balanced", "accuracy"] = "f1"  # what the threshold is chosen for, on validation rows
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    group: str = (
        ""  # column whose commonest value the base knows; the other rows are new; "" = the data's own
    )
    base: str = ""  # run whose network is adapted to --data; "" = one trained on the commonest group
    shots: int = 100  # training rows of what is new, 0 = all
    head_epochs: int = 4  # epochs in which only a new head learns, where the classes are others
    head_boost: float = 5.0  # while only the head learns, its learning rate is higher by this factor
    layer_decay: float = 0.5  # each stage nearer to the input learns slower by this factor

    # --- search
    trials: int = 8  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=5e-4:1e-2:log",
        "width=64,128,192",
        "dropout=0:0.3",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    rows: str = ""  # file of rows to be told, with or without the target; "" = some of the test rows
    output: str = ""  # where the rows are written with their scores; "" = predictions.csv in the run's folder
    threshold: float = 0.0  # share of the positive class from which a row is called so; 0 = the run's own

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "fp32"  # auto takes a faster one where it is safe
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest

    # --- the run
    run: str = (
        ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (the others)
    )
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on few rows; leaves nothing behind

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in words that name the setting."""
        least = dict.fromkeys(("width", "depth", "members", "embedding"), 1)
        check(self, least, ("dropout", "threshold"))
