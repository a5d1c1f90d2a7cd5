"""Settings of the programs that tune a model of somebody else, and how these programs start.

They have settings of their own, because little of `settings.py` holds for a model that comes as it is. No
framework is imported here, so that `--help` answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from ..program import Program, start

if TYPE_CHECKING:
    from ..program import Request

#: everything once, in seconds: a random model that needs no download
SMOKE = {"hub": "tiny", "epochs": 1, "limit": 8, "context": 256, "length": 8, "batch_size": 2}


@dataclass(frozen=True)
class Tuning:
    """What can be chosen when a model of somebody else is tuned on chats."""

    # --- model
    hub: str = (
        "smollm2"  # smollm2 (out of a package) | tiny (random) | a folder | a .gguf file | a hub's owner/name
    )
    bits: Literal["32", "16", "8", "4"] = "32"  # in which the frozen weights are kept: fewer need less memory
    cache: str = "data"  # where downloads are kept, below the project unless absolute

    # --- data
    data: str = "chats"  # chats | a .jsonl file of yours, in the form of messages or of Alpaca
    context: int = 512  # tokens of a chat at most; what is longer loses its beginning
    limit: int = 0  # use only this many training chats, 0 = all

    # --- adapters
    rank: int = 8  # of the LoRA matrices
    alpha: float = 16.0  # what LoRA adds is scaled by alpha / rank
    adapter_dropout: float = 0.0  # share of the inputs of LoRA's matrices that is dropped
    targets: tuple[str, ...] = ()  # last names of the layers that LoRA adapts; none = all linear ones

    # --- training
    epochs: int = 3  # passes over the training chats
    batch_size: int = 4  # chats per optimiser step
    accumulate: int = 1  # parts in which a batch is computed, for batches that memory cannot hold
    recompute: bool = False  # compute activations twice instead of keeping them: less memory
    learning_rate: float = 1e-3  # at its peak
    weight_decay: float = 0.0  # decoupled (AdamW)
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    clip: float = 1.0  # largest global gradient norm, 0 = no limit
    patience: int = 0  # stop after this many epochs without a better validation loss, 0 = never
    seed: int = 0  # one number seeds everything but the split, which never changes
    resume: bool = False  # go on from the run's last checkpoint, with that run's settings
    overwrite: bool = False  # replace a run of the same name

    # --- answers
    samples: int = 3  # test questions that are answered before and after
    length: int = 60  # tokens of an answer at most

    # --- machine
    precision: Literal["auto", "fp32", "bf16", "fp16"] = (
        "auto"  # of the products; auto takes a faster safe one
    )
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"  # auto takes the fastest

    # --- the run
    run: str = ""  # name of the run's folder; "" = a new one (tune), the newest finished one (merge)
    runs: str = "runs"  # where runs are kept, below the project unless absolute
    smoke: bool = False  # everything once, in seconds, with a tiny random model; leaves nothing behind

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in words that name the setting."""
        for name in ("context", "rank", "epochs", "batch_size", "accumulate", "length"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("limit", "patience", "seed", "samples", "clip", "weight_decay"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, not {getattr(self, name)}")
        for name in ("warmup", "adapter_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share and must be below 1, not {getattr(self, name)}")
        for name in ("learning_rate", "alpha"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be above 0 and finite, not {getattr(self, name)}")


def without_what_it_needs(request: Request[Tuning]) -> bool:
    """Tell whether a smoke run is left out: the project does not require what it needs, and says so."""
    lacking = [name for name in ("transformers", "peft") if find_spec(name) is None]
    if request.settings.smoke and lacking:
        print(f"left out    {' and '.join(lacking)} not installed: pip install transformers peft gguf")
        return True
    return False


def tune(argv: list[str] | None = None) -> None:
    """Tune a model on chats with LoRA."""

    def work(request: Request[Tuning]) -> None:
        from . import tuner

        if not without_what_it_needs(request):
            tuner.tune(request)

    groups = ("model", "data", "adapters", "training", "answers", "machine", "the run")
    words = "Tune a language model of somebody else on chats with LoRA; compare its answers before and after."
    start(Program("tune", Tuning, groups, words, SMOKE, work, parallel=True), "pytorch", argv)


def merge(argv: list[str] | None = None) -> None:
    """Put what a run of `tune` has learned into the model's weights."""

    def work(request: Request[Tuning]) -> None:
        from . import merging, tuner

        if without_what_it_needs(request):
            return
        if request.settings.smoke:
            tuner.tune(request)
        merging.merge_run(request)

    words = "Add the adapters of a tuned model to its weights, and write a model that needs no adapters."
    start(Program("merge", Tuning, ("machine", "the run"), words, SMOKE, work), "pytorch", argv)
