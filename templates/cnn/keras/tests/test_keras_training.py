"""Training with Keras: it learns, it can be repeated, and it can be resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from keras_cases import PLAIN, SMALL, accuracy, engine, history, run_folder, trained, weights

from your_project import data
from your_project.data import Data
from your_project.errors import ProjectError
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine
from your_project.transfer import adaptation


@pytest.fixture(scope="module")
def digits() -> Data:
    return data.load(SMALL)


@pytest.mark.parametrize("model", ["resnet", "lenet"])
def test_a_few_images_can_be_learnt_by_heart(
    model: Literal["resnet", "lenet"], digits: Data, tmp_path: Path
) -> None:
    plain: dict[str, Any] = {"augment": False, "label_smoothing": 0, "dropout": 0, "patience": 0}
    settings = replace(SMALL, model=model, **plain)
    few = digits.few(3, seed=0).train
    often = data.Split(few.images.repeat(10, axis=0), few.labels.repeat(10))  # few epochs of many steps
    images = replace(digits, train=often, validation=few, test=few)
    made = trained(settings, images, tmp_path, (Stage("train", 10, 1e-2),))
    assert history(tmp_path)[-1]["train_loss"] < 0.02
    assert accuracy(made, images) == 1.0


def test_the_seed_decides_everything(digits: Data, tmp_path: Path) -> None:
    settings, few = replace(PLAIN, epochs=2), digits.limited(320)
    first, second, other = (
        trained(replace(settings, seed=seed), few, tmp_path / name)
        for seed, name in ((0, "first"), (0, "second"), (1, "other"))
    )
    assert history(tmp_path / "first") == history(tmp_path / "second") != history(tmp_path / "other")
    for one, two in zip(weights(first), weights(second), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(weights(first)[0], weights(other)[0])


def test_patience_ends_a_stage_and_the_next_one_begins(digits: Data, tmp_path: Path) -> None:
    hopeless = Stage("train", 9, 1e-12), Stage("more", 9, 1e-12)
    few = digits.few(4, seed=0)
    trained(replace(PLAIN, patience=1, dropout=0), few, tmp_path, hopeless)
    rows = history(tmp_path)
    assert [row["epoch"] for row in rows] == list(range(len(rows)))
    assert 2 <= len(rows) < 18
    assert {row["stage"] for row in rows} == {"train", "more"}


def test_a_loss_that_explodes_is_told(digits: Data, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"the loss became .+ choose a smaller --learning-rate"):
        trained(replace(PLAIN, clip=0), digits, tmp_path, (Stage("train", 3, 1e38),))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_learns_too(precision: Literal["bf16", "fp16"], digits: Data, tmp_path: Path) -> None:
    made = trained(replace(PLAIN, precision=precision), digits, tmp_path)
    assert made.outputs(digits.test).dtype == np.float32
    assert accuracy(made, digits) > 0.7


def test_colour_images_and_mirrors(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = np.arange(96) % 3
    pixels = random.integers(0, 60, (96, 12, 12, 3)).astype("uint8")
    pixels[np.arange(96), :, :, labels] += 120  # red, green and blue pictures
    part = data.Split(pixels, labels)
    images = data.make("colours", ("red", "green", "blue"), part, part, part, mirror=True)
    stages = (Stage("train", 5, 1e-2),)
    assert accuracy(trained(PLAIN, images, tmp_path, stages), images) == 1.0


# --- fine-tuning


def test_another_head_on_the_same_body(digits: Data, tmp_path: Path) -> None:
    base = engine(SMALL, digits)
    base.save(tmp_path / "base.weights.h5")
    fewer = engine(replace(SMALL, seed=1), digits.only(tuple("0123")))
    head = fewer.network.get_layer("head").get_weights()
    fewer.load_body(tmp_path / "base.weights.h5")
    np.testing.assert_array_equal(fewer.network.get_layer("head").get_weights()[0], head[0])
    for one, other in zip(weights(base)[:-2], weights(fewer)[:-2], strict=True):
        np.testing.assert_array_equal(one, other)

    as_many = engine(replace(SMALL, seed=1), digits)
    as_many.load_body(tmp_path / "base.weights.h5")  # a head of the same size stays fresh too
    assert not np.array_equal(weights(as_many)[-2], weights(base)[-2])


def test_weights_of_another_network_are_refused(digits: Data, tmp_path: Path) -> None:
    engine(SMALL, digits).save(tmp_path / "base.weights.h5")
    with pytest.raises(ProjectError, match=r"base.weights.h5 does not fit this network"):
        engine(replace(SMALL, width=16), digits).load(tmp_path / "base.weights.h5")
    with pytest.raises(ProjectError, match=r"none.weights.h5"):
        engine(SMALL, digits).load(tmp_path / "none.weights.h5")


def test_a_frozen_body_does_not_move(digits: Data, tmp_path: Path) -> None:
    settings = replace(SMALL, weight_decay=0.5)
    before = weights(engine(settings, digits))
    after = weights(trained(settings, digits, tmp_path, (Stage("head", 2, 1e-2, body=0.0),)))
    for one, other in zip(before[:-2], after[:-2], strict=True):  # with the averages of normalisation
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(before[-2], after[-2])


@pytest.mark.slow
def test_fine_tuning_beats_training_from_scratch(tmp_path: Path) -> None:
    settings = Settings(width=16, epochs=6, head_epochs=3, device="cpu")
    images = data.load(settings)
    base = trained(settings, images.only(images.classes[:5]), tmp_path / "base")

    # 50 images of classes that the base never saw
    new = images.only(images.classes[5:]).few(10, settings.seed)
    settings = replace(settings, batch_size=8)
    tuned = KerasEngine(settings, replace(base.card, classes=new.classes))
    tuned.load_body(tmp_path / "base" / "best.weights.h5")
    tuned.fit(new, adaptation(settings), run_folder(tmp_path / "tuned"))
    same_budget = replace(settings, epochs=settings.epochs + settings.head_epochs)
    scratch = trained(same_budget, new, tmp_path / "scratch")
    assert accuracy(tuned, new) > accuracy(scratch, new) + 0.1


# --- floors


@pytest.mark.slow
def test_digits_are_read(digits: Data, tmp_path: Path) -> None:
    settings = replace(SMALL, width=16, epochs=10)
    assert accuracy(trained(settings, digits, tmp_path), digits) >= 0.95


@pytest.mark.slow
def test_handwriting_is_read_with_the_default_settings(tmp_path: Path) -> None:
    settings = Settings(device="cpu")
    images = data.load(settings)
    assert accuracy(trained(settings, images, tmp_path), images) >= 0.97
