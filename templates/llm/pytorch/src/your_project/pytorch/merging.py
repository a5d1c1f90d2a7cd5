"""Adapters become part of the weights: the model then runs wherever it ran before, as fast as before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from .. import bases, jobs, merged_runs, runs
from ..errors import ProjectError
from ..settings import Settings
from . import hub, lora
from .engine import PyTorchEngine
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
    loaded = hub.load(began.hub, replace(began, cache=request.settings.cache).cache)
    model = loaded.model.eval()
    tokens = torch.arange(1, 17)[None] % loaded.tokenizer.vocab_size
    with torch.no_grad():
        plain = model(tokens).logits
        lora.load(model, run.path / "adapter")
        expected = model(tokens).logits
        lora.merge(model)
        found = model(tokens).logits
    off = ((found - expected).abs().max() / expected.abs().max()).item()
    changed = ((expected - plain).abs().max() / plain.abs().max()).item()
    if off > NEAR:
        raise ProjectError(
            f"merged, the model gives other logits than before (off by {off:.1e}); nothing is written"
        )
    folder = run.path / "merged"
    model.save_pretrained(str(folder), safe_serialization=True)
    loaded.tokenizer.save_pretrained(str(folder))
    print(f"merged      {run.path / 'adapter'} into {loaded.words}")
    print(f"checked     logits off by {off:.1e} of the largest; the adapters change them by {changed:.1e}")
    print(f"model       {folder}: use it by --hub, or wherever transformers loads models")
