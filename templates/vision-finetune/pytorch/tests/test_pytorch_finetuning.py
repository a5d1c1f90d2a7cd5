"""Fine-tuning beats training from scratch with the same images and epochs, and is not below a probe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from torch_cases import PLAIN, accuracy, engine, fit

from your_project.training import whole_training
from your_project.transfer import adaptation, probe


@pytest.mark.slow
def test_fine_tuning_is_not_below_the_probe_and_beats_scratch(tmp_path):
    found = []
    for seed in range(3):
        settings, place = replace(PLAIN, seed=seed), tmp_path / str(seed)
        stages = adaptation(settings)
        tuned = accuracy(fit(engine(settings), stages, place / "tuned"))
        budget = replace(settings, epochs=sum(stage.epochs for stage in stages))
        scratch = accuracy(fit(engine(settings, known=False), whole_training(budget), place / "scratch"))
        found.append((tuned, scratch))
        assert tuned >= 0.80, found
        if not seed:  # once: of 399 crops of ten photographs a network gains or loses some points by chance
            frozen = accuracy(fit(engine(settings), probe(settings, stages), place / "probe"))
            assert tuned >= frozen - 0.02, (tuned, frozen)
    tuned, scratch = np.mean(found, axis=0)
    assert tuned >= scratch + 0.25, found
