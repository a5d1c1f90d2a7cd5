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
    "layers": 2,
    "heads": 2,
    "width": 32,
    "context": 32,
    "limit": 200,
    "shots": 40,
    "length": 20,
    "trials": 2,
    "space": ("dropout=0,0.1",),
    "formats": ("onnx",),
}

#: what each program does, for its --help
DESCRIPTIONS = {
    "train": "Train a tokenizer and a GPT on text, evaluate it and write a report.",
    "finetune": "Adapt a trained GPT to other text or to chats with LoRA, beside training from scratch.",
    "evaluate": "Evaluate a trained GPT on text that it was not trained on.",
    "predict": "Let a trained GPT go on with a text.",
    "search": "Train with several settings, and keep the GPT that does best on the validation text.",
    "export": "Write a trained GPT in formats that other programs run, and check what was written.",
}


@dataclass(frozen=True)
class Settings:
    """What can be chosen, with what is chosen by default: nanoGPT's setting for a processor."""

    # --- data
    data: str = (
        "topics"  # topics | source | shakespeare | chats | .txt or .md file, folder of them | .jsonl chats
    )
    tokenizer: Literal["characters", "bytes"] = "characters"  # bytes: byte-level byte-pair encoding
    vocabulary: int = 1024  # tokens of the byte-pair encoding
    context: int = 64  # tokens that the network sees at a time
    limit: int = 0  # use only this many training windows, 0 = all
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- network
    layers: int = 4  # transformer blocks
    heads: int = 4  # of attention, in each block
    width: int = 128  # numbers that stand for a token, a multiple of twice the heads
    dropout: float = 0.0  # share of features dropped; 0.1 or 0.2 where little text is read many times

    # --- training
    epochs: int = 5  # passes over the training text: about 2,000 steps by default
    batch_size: int = 12  # windows per optimiser step
    accumulate: int = 1  # parts in which a batch is computed, for batches that memory cannot hold (PyTorch)
    recompute: bool = False  # compute activations twice instead of keeping them: less memory (PyTorch)
    shard: bool = False  # of several processes each keeps a share of the network, not the whole (PyTorch)
    learning_rate: float = 3e-3  # at its peak
    weight_decay: float = 0.1  # decoupled (AdamW); not applied to the scales of normalisation
    warmup: float = 0.05  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 0  # stop after this many epochs without a better validation loss, 0 = never
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- fine-tuning
    base: str = (
        ""  # run whose network is adapted; "" = one trained on topics, for --data (topics: for source)
    )
    shots: int = 200  # training windows (or chats), 0 = all
    rank: int = 8  # of the LoRA matrices, 0 = adapt all weights
    alpha: float = 16.0  # what LoRA adds is scaled by alpha / rank
    adapter_dropout: float = 0.0  # share of the inputs of LoRA's matrices that is dropped
    targets: tuple[str, ...] = ("query_key_value", "project", "expand", "contract")  # layers that LoRA adapts
    head_epochs: int = 0  # epochs in which only the last section learns
    head_boost: float = 1.0  # while only the last section learns, its learning rate is higher by this factor
    layer_decay: float = 1.0  # each block nearer to the input learns slower by this factor

    # --- search
    trials: int = 6  # how many settings are tried, spread evenly over the space
    space: tuple[str, ...] = (  # what is tried: name=low:high, name=low:high:log, name=a,b,c
        "learning_rate=5e-4:5e-3:log",
        "dropout=0:0.2",
    )

    # --- export
    formats: tuple[str, ...] = ()  # onnx, pt2 (PyTorch), keras, saved_model (Keras); none = all of these

    # --- prediction
    prompt: str = ""  # text to go on with, or to answer after chats; "" = the beginnings of some test windows
    length: int = 300  # tokens to write
    temperature: float = 0.8  # below 1 bolder towards the likely, 0 = always the likeliest token
    top_k: int = 0  # choose among this many likeliest tokens only, 0 = all
    top_p: float = 1.0  # choose among the likeliest tokens that share this probability, 1 = all

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"  # auto takes a faster one where it is safe
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest

    # --- the run
    run: str = ""  # name of the run's folder; "" = a new one (train, finetune), the newest finished (others)
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, on little text; leaves nothing behind

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in words that name the setting."""
        least = {"layers": 1, "heads": 1, "width": 2, "context": 2, "vocabulary": 260, "accumulate": 1}
        others = dict.fromkeys(("rank", "alpha", "length", "temperature", "top_k", "top_p"), 0)
        check(self, {**least, **others}, ("dropout", "adapter_dropout"))
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} must be a multiple of twice the {self.heads} heads")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is a share above 0 and at most 1, not {self.top_p}")
