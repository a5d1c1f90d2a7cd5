"""Fine-tuning beats training from scratch with the same rows and epochs, and the base left as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from your_project import data, results, transfer
from your_project.engine import card_of
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine
from your_project.training import whole_training


def fit(folder: Path, made: KerasEngine, rows: data.Data, stages: tuple[Stage, ...] = ()) -> None:
    run = RunFolder(folder, made.best, made.last)
    made.fit(rows, stages or whole_training(made.settings), run)
    run.close()


@pytest.mark.slow
def test_the_married_teach_about_the_others(tmp_path: Path) -> None:
    """What work and school are worth is the same; that most earn little is new, and learned from 100 rows."""
    # one seed: the PyTorch side has three
    settings = Settings(device="cpu", members=8, width=64, epochs=16)
    rows = data.load(settings)
    name, groups = transfer.commonest(rows)
    known = rows.where([group == name for group in groups])
    base = KerasEngine(settings, card_of(known, settings, "keras"))
    fit(tmp_path / "base", base, known)

    others = rows.where([group != name for group in groups])
    new = others.few(settings.shots, settings.seed).read_by(known.features)
    settings = replace(settings, batch_size=12)
    tuned = KerasEngine(settings, replace(base.card, counts=new.counts))
    tuned.load(tmp_path / "base" / base.best)
    fit(tmp_path / "tuned", tuned, new, transfer.adaptation(settings, new_head=False))
    scratch = KerasEngine(settings, card_of(new, settings, "keras"))
    fit(tmp_path / "scratch", scratch, new)

    told = {
        key: results.measure(one, new.test)
        for key, one in (("tuned", tuned), ("scratch", scratch), ("base", base))
    }
    assert told["tuned"]["loss"] < told["scratch"]["loss"]
    assert told["tuned"]["loss"] < told["base"]["loss"] - 0.1
