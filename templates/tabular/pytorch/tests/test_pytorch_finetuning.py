"""Fine-tuning beats training from scratch with the same rows and epochs, and the base left as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytorch_cases import engine_for, fit

from your_project import data, results, transfer
from your_project.pytorch.engine import PyTorchEngine
from your_project.settings import Settings


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_married_teach_about_the_others(tmp_path: Path, seed: int) -> None:
    """What work and school are worth is the same; that most earn little is new, and learned from 100 rows."""
    settings = Settings(device="cpu", seed=seed, members=8, width=64, epochs=16)
    rows = data.load(settings)
    name, groups = transfer.commonest(rows)
    known = rows.where([group == name for group in groups])
    base = engine_for(known, settings)
    fit(tmp_path / "base", base, known)

    new = rows.where([group != name for group in groups]).few(settings.shots, seed).read_by(known.features)
    settings = replace(settings, batch_size=12)
    tuned = PyTorchEngine(settings, replace(base.card, counts=new.counts))
    tuned.load(tmp_path / "base" / base.best)
    fit(tmp_path / "tuned", tuned, new, transfer.adaptation(settings, new_head=False))
    scratch = engine_for(new, settings)
    fit(tmp_path / "scratch", scratch, new)

    told = {
        key: results.measure(one, new.test)
        for key, one in (("tuned", tuned), ("scratch", scratch), ("base", base))
    }
    assert told["tuned"]["loss"] < told["scratch"]["loss"]
    assert told["tuned"]["loss"] < told["base"]["loss"] - 0.1
