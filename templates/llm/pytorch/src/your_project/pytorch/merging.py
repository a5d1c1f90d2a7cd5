"""Adapters become part of the weights: the model then runs wherever it ran before, as fast as before."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import torch

from .. import bases, files, jobs, runs
from ..errors import ProjectError
from ..settings import Settings
from . import hub, lora
from .engine import PyTorchEngine
from .tuning import Tuning

if TYPE_CHECKING:
    from ..program import Request
    from ..runs import Run

#: how far logits of the merged model may be off, as a share of the largest: float32 adds in another order
NEAR = 1e-4
#: what a merged run takes over as it is
KEPT = ("settings.json", "environment.json", "seen.npy", "history.jsonl")


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
    if not card.rank:
        raise ProjectError(f"{run.path} has no adapters: its weights hold all that it learned")
    engine = PyTorchEngine(Settings(device=request.settings.device, precision="fp32"), card)
    engine.load(jobs.weights_of(run))
    lora.merge(engine.network)
    path = runs.begin(
        request.runs, f"{run.name}-merged", "pytorch", run.job, overwrite=request.settings.overwrite
    )
    engine.save(path / engine.best)
    for name in KEPT:
        shutil.copyfile(run.path / name, path / name)
    files.write_json(path / "model.json", asdict(replace(card, rank=0, alpha=0.0, targets=())))
    told = files.read_json(run.path / "metrics.json") | {"run": path.name, "merged_from": run.name}
    files.write_json(path / "metrics.json", told | {"finished": runs.now()})
    print(f"merged      the adapters of {run.path} into its weights: {path}")


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
