"""A fine-tuned run without adapters: a run of its own, to be a base again or to be converted."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from . import files, runs
from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .engine import ModelCard
    from .runs import Run

#: what a merged run takes over as it is
KEPT = ("settings.json", "environment.json", "seen.npy", "history.jsonl")


def plain(card: ModelCard) -> ModelCard:
    """Return what a network is like once its adapters are part of its weights."""
    return replace(card, rank=0, alpha=0.0, adapter_dropout=0.0, targets=())


def write(run: Run, card: ModelCard, save: Callable[[Path], None], *, overwrite: bool) -> Path:
    """Write the run NAME-merged beside a run; `save` puts the merged weights into its folder."""
    if not card.rank:
        raise ProjectError(f"{run.path} has no adapters: its weights hold all that it learned")
    name = f"{run.name}-merged"
    path = runs.begin(run.path.parent, name, run.framework, run.job, overwrite=overwrite)
    save(path)
    for kept in KEPT:
        shutil.copyfile(run.path / kept, path / kept)
    files.write_json(path / "model.json", asdict(plain(card)))
    told = files.read_json(run.path / "metrics.json") | {"run": path.name, "merged_from": run.name}
    files.write_json(path / "metrics.json", told | {"finished": runs.now()})
    runs.settle(path)
    print(f"merged      the adapters of {run.path} into its weights: {path}")
    return path
