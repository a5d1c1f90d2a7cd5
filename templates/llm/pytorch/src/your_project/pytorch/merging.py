"""Adapters become part of the weights: the model then runs wherever it ran before, as fast as before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from .. import engines, jobs, runs
from ..errors import ProjectError
from . import hub, lora
from .tuning import Tuning

if TYPE_CHECKING:
    from ..program import Request

#: how far logits of the merged model may be off, as a share of the largest: float32 adds in another order
NEAR = 1e-4


def merge_run(request: Request[Tuning]) -> None:
    """Write the model of a run of `tune` with its adapters in the weights, to the run's folder `merged`."""
    if not request.settings.run and not runs.newest(request.runs, "pytorch", ("tune",), finished=True):
        command = engines.pasted("pytorch", "tune")
        raise ProjectError(f"no finished run of tune in {request.runs} yet: first {command}")
    run = jobs.trained_run(request, ("tune",))
    if run.job != "tune":
        raise ProjectError(f"{run.path} is a {run.job} run; what it learned is merged when it is exported")
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
