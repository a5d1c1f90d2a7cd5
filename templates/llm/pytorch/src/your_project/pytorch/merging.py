"""Adapters become part of the weights: the model then runs wherever it ran before, as fast as before."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from .. import bases, jobs, merged_runs, runs
from ..errors import ProjectError
from ..files import read_json
from ..settings import Settings
from . import lora, tuner
from .engine import PyTorchEngine
from .hub_engine import HubEngine
from .tuning import Tuning

if TYPE_CHECKING:
    from pathlib import Path

    from ..program import Request
    from ..runs import Run

#: how far logits of the merged model may be off, as a share of the largest: float32 adds in another order
NEAR = 1e-4


def merge_run(request: Request[Tuning]) -> None:
    """Put what a run has learned by adapters into the weights: of `tune`, or of `finetune`."""
    run = jobs.trained_run(request, ("tune", "finetune"))
    if run.job == "tune":
        merge_tuned(request, run)
    else:
        merge_own(request, run)


def merge_own(request: Request[Tuning], run: Run) -> None:
    """Write a run NAME-merged, whose GPT has the adapters in its weights, to be a base or be converted."""
    card = bases.card_of_run(run)

    def save(path: Path) -> None:
        engine = PyTorchEngine(Settings(device=request.settings.device, precision="fp32"), card)
        engine.load(jobs.weights_of(run))
        lora.merge(engine.network)
        engine.save(path / engine.best)

    merged_runs.write(run, card, save, overwrite=request.settings.overwrite)


def merge_tuned(request: Request[Tuning], run: Run) -> None:
    """Write the model of a run of `tune` with its adapters in the weights, to the run's folder `merged`."""
    began: Tuning = runs.stored(run.path, Tuning, "settings.json")
    # The true weights, however few bits they had while the adapters learned: adding to rounded weights would
    # round what was learned off.
    settings = replace(began, bits="32", precision="fp32", device=request.settings.device)
    engine = HubEngine(settings, tuner.revision(run.path))
    engine.load(jobs.weights_of(run))
    loaded = engine.loaded
    tokens = (torch.arange(1, 17)[None] % loaded.tokenizer.vocab_size).to(engine.placement.device)
    with torch.no_grad():
        engine.network.eval()
        with engine.model.disable_adapter():
            plain = engine.network(tokens)
        expected = engine.network(tokens)
        # peft knows every kind of layer that it gives adapters to, GPT-2's turned ones too
        model = engine.model.merge_and_unload()
        found = engine.network(tokens)
    off = ((found - expected).abs().max() / expected.abs().max()).item()
    changed = ((expected - plain).abs().max() / plain.abs().max()).item()
    if not off <= NEAR:  # so that nan is refused, too
        raise ProjectError(
            f"merged, the model gives other logits than before (off by {off:.1e}); nothing is written"
        )
    told = compared(engine, read_json(run.path / "metrics.json"), began)
    folder = run.path / "merged"
    model.to("cpu").save_pretrained(str(folder), safe_serialization=True)
    loaded.tokenizer.save_pretrained(str(folder))
    print(f"merged      {run.path / 'adapter'} into {loaded.words}")
    print(f"checked     logits off by {off:.1e} of the largest; the adapters change them by {changed:.1e}")
    print(f"test        {told}")
    print(f"model       {folder}: use it by --hub, or wherever transformers loads models")


def compared(engine: HubEngine, before: dict[str, Any], began: Tuning) -> str:
    """Return the merged model's loss on the run's test chats, beside what was measured when it was tuned.

    A loss that is no number is a `ProjectError`; that of weights which were rounded then differs a little.
    """
    try:
        test = engine.chats().test
    except ProjectError as problem:
        return f"not measured again: {problem}"
    found = engine.measured(test)
    if not math.isfinite(found["loss"]):
        raise ProjectError(
            f"merged, the model's loss on the test chats is {found['loss']}; nothing is written"
        )
    bits = f", in {began.bits} bits" if began.bits != "32" else ""
    return (
        f"loss {found['loss']:.4f}, perplexity {found['perplexity']:.2f}; tuned{bits}: {before['loss']:.4f}"
    )
