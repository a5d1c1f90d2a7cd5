"""Fine-tuning beats training from scratch with the same images and epochs, and is not far below a probe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch_cases import PLAIN, accuracy, engine, fit

from your_project.training import whole_training
from your_project.transfer import adaptation, probe


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fine_tuning_beats_scratch(tmp_path, seed):
    settings = replace(PLAIN, seed=seed)
    stages = adaptation(settings)
    tuned = accuracy(fit(engine(settings), stages, tmp_path / "tuned"))
    frozen = accuracy(fit(engine(settings), probe(settings, stages), tmp_path / "probe"))
    budget = replace(settings, epochs=sum(stage.epochs for stage in stages))
    scratch = accuracy(fit(engine(settings, known=False), whole_training(budget), tmp_path / "scratch"))
    assert tuned >= 0.70
    assert tuned >= scratch + 0.25
    assert tuned >= frozen - 0.05  # where images are this few, the head alone can be as good
