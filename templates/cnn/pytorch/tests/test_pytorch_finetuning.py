"""Fine-tuning beats training from scratch with the same images and epochs."""

import dataclasses

import pytest
from pytorch_cases import accuracy, fit, settings_of

from your_project import data
from your_project.training import whole_training
from your_project.transfer import adaptation


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_fine_tuning_beats_scratch_on_unseen_classes(tmp_path, seed):
    changes = {"epochs": 6, "head_epochs": 3, "width": 16, "augment": True, "precision": "auto"}
    settings = settings_of(data="mnist5k", seed=seed, batch_size=64, **changes)
    images = data.load(settings)
    known = images.only(images.classes[:5])
    fit(tmp_path / "base", known, settings, whole_training(settings))

    new = images.only(images.classes[5:]).few(10, seed)  # 50 images
    settings = dataclasses.replace(settings, batch_size=8)
    # the body sees images normalised as it learned them
    as_learned = dataclasses.replace(new, mean=known.mean, std=known.std)
    weights = tmp_path / "base" / "best.safetensors"
    tuned, _ = fit(tmp_path / "tuned", as_learned, settings, adaptation(settings), body=weights)
    same_budget = dataclasses.replace(settings, epochs=settings.epochs + settings.head_epochs)
    scratch, _ = fit(tmp_path / "scratch", new, settings, whole_training(same_budget))
    assert accuracy(tuned, new.test) > accuracy(scratch, new.test) + 0.1
