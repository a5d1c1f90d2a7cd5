"""Fine-tuning beats training from scratch with the same images and epochs, and is not below a probe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch_cases import PLAIN, accuracy, engine, fit

from your_project.training import whole_training
from your_project.transfer import adaptation, probe


@pytest.mark.slow
def test_fine_tuning_is_not_below_the_probe_and_beats_scratch(tmp_path):
    # one seed: 1, which has room for other processors' rounding; the README tells of all three
    settings = replace(PLAIN, seed=1)
    stages = adaptation(settings)
    tuned = accuracy(fit(engine(settings), stages, tmp_path / "tuned"))
    frozen = accuracy(fit(engine(settings), probe(settings, stages), tmp_path / "probe"))
    budget = whole_training(replace(settings, epochs=sum(stage.epochs for stage in stages)))
    scratch = accuracy(fit(engine(settings, known=False), budget, tmp_path / "scratch"))
    assert tuned >= max(0.80, frozen - 0.02, scratch + 0.25), (tuned, frozen, scratch)
