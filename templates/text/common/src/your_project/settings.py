"""Every setting of the project. Defaults < a TOML file (--config) < the command line.

The comment behind a field is its help text; see `arguments.py` for how a dataclass becomes a command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from .bounds import check

#: small enough for seconds on any processor, yet every line of the programs runs; nothing is downloaded
SMOKE = {
    "epochs": 1,
    "head_epochs": 1,
    "tune_epochs": 1,
    "width": 16,
    "length": 24,
    "limit": 200,
    "batch_size": 32,
    "shots": 20,
    "encoder": "none",
    "trials": 2,
    "space": ("dropout=0,0.1",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train a network, evaluate it and write a report.",
    "finetune": "Adapt a pretrained encoder to few texts, beside training from scratch with the same budget.",
    "evaluate": "Evaluate a trained network on texts that it was not trained on.",
    "predict": "Say what texts are.",
    "search": "Train with several settings, and keep the network that does best on the validation texts.",
    "export": "Write a trained network in formats that other programs run, and check what was written.",
}


#: what suits each model where one value does not suit all: BERT's authors dropped a tenth, and adapted it in
#: two to four epochs (Devlin et al. 2018, https://arxiv.org/abs/1810.04805)
OF_MODEL: dict[str, dict[str, float]] = {
    "rnn": {"epochs": 12, "dropout": 0.3},
    "transformer": {"epochs": 12, "dropout": 0.3},
    "minilm": {"epochs": 3, "dropout": 0.1},
}
LEFT = {"epochs": 0, "dropout": -1.0}  # these say: as it suits the model
#: texts of each class by which a network is adapted: the fewer they are, the more it helps a small network
#: what it learned of other reviews; with 150 next to nothing is left of that
SHOTS = {"rnn": 50, "transformer": 50, "minilm": 150}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default."""

    # --- data
    data: str = "movies-en"  # movies-en, products-en, reviews-zh, hotels-zh, imdb, or a CSV, TSV, JSONL file
    text_column: str = ""  # of a file: the column that holds the texts, "" = found by its name
    label_column: str = ""  # of a file: the column that holds the labels, "" = found by its name
    encoding: str = ""  # of a file: utf-8, gbk, …; "" = found out
    limit: int = 0  # use only this many training texts, 0 = all
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- network
    model: Literal["rnn", "transformer", "minilm"] = "rnn"  # minilm is pretrained, the others begin at random
    cell: Literal["lstm", "gru"] = "gru"  # of rnn
    width: int = 64  # numbers for each token, in rnn and transformer
    layers: int = 2  # of transformer
    heads: int = 4  # of transformer: how many things a token looks for in the others
    dropout: float = -1.0  # share of features dropped, against learning by heart; -1 = 0.3, of minilm 0.1
    tokens: Literal["auto", "words", "characters"] = "auto"  # of rnn and transformer: characters suit Chinese
    words: int = 20000  # largest vocabulary of rnn and transformer
    length: int = 64  # tokens of a text that are read; what is beyond is cut off
    encoder: str = (
        "minilm"  # minilm | none | folder or hub id of a BERT: what model minilm and finetune begin with
    )

    # --- training
    epochs: int = 0  # passes over the training data, 0 = 12, of minilm 3
    batch_size: int = 32  # texts per optimiser step
    learning_rate: float = 2e-3  # at its peak
    encoder_rate: float = 0.05  # a pretrained encoder learns at this share of it
    weight_decay: float = 5e-2  # decoupled (AdamW); not applied to biases and normalisation
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 3  # stop after this many epochs without a better validation loss, 0 = never
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    base: str = (
        ""  # run whose network is adapted; "" = the encoder, with none a network that learns other reviews
    )
    shots: int = -1  # training texts of each class, 0 = all, -1 = 150, for a base that is not minilm 50
    tune_epochs: int = 2  # epochs in which everything learns
    head_epochs: int = 1  # epochs before that, in which only the new head learns
    head_boost: float = 5.0  # while only the head learns, its learning rate is higher by this factor
    layer_decay: float = 0.9  # each layer nearer to the input learns slower by this factor

    # --- search
    trials: int = 8  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=5e-4:1e-2:log",
        "width=32,64,96",
        "dropout=0.1:0.6",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    texts: tuple[
        str, ...
    ] = ()  # texts in quotes, or files with one text in each line; none = some test texts

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"  # auto takes a faster one where it is safe
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest

    # --- the run
    run: str = (
        ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (the others)
    )
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on few texts; leaves nothing behind

    def __post_init__(self) -> None:
        """Fill in what suits the model; refuse what cannot be meant, in words that name the setting."""
        for name, left in LEFT.items():
            if getattr(self, name) == left:
                object.__setattr__(self, name, OF_MODEL[self.model][name])  # frozen for all others
        least = {
            "width": 1,
            "layers": 1,
            "heads": 1,
            "words": 3,
            "length": 3,
            "tune_epochs": 1,
            "encoder_rate": 0,
            "shots": -1,
        }
        check(self, least, ("dropout",))
        if self.width % self.heads and self.model == "transformer":
            raise ValueError(f"heads must divide width: {self.width} / {self.heads} is no whole number")
        if self.model == "minilm" and self.encoder == "none":
            raise ValueError("model minilm needs an encoder, and encoder is none")

    def suited(self, model: str) -> Settings:
        """Return the same for another model: what has this one's usual value takes that one's."""
        usual = OF_MODEL[self.model].items()
        left = {name: LEFT[name] for name, value in usual if getattr(self, name) == value}
        changes: dict[str, Any] = {**left, "model": model}
        return replace(self, **changes)
