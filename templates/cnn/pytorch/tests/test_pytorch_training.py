"""Training on real digits: it learns, repeats itself, stops when it should and freezes what it must."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from pytorch_cases import accuracy, changed, digits, engine_for, fit, settings_of, weights_of, without_seconds

from your_project.data import Split
from your_project.errors import ProjectError
from your_project.run_folder import RunFolder
from your_project.stages import Stage

HEAD = Stage("head", 2, 5e-3, body=0.0)
ALL = Stage("all layers", 2, 5e-3, body=0.5, layer_decay=0.5)


def few(images, count=32):
    part = Split(images.train.images[:count], images.train.labels[:count])
    return dataclasses.replace(images, train=part, validation=part)


@pytest.mark.parametrize("model", ["resnet", "lenet"])
def test_one_batch_can_be_learnt_by_heart(tmp_path, model):
    images = few(digits())
    engine, history = fit(
        tmp_path, images, settings_of(model=model, patience=0), (Stage("train", 100, 5e-3),)
    )
    assert accuracy(engine, images.train) == 1.0
    assert history[-1]["train_loss"] < 0.02


def test_history_and_files(tmp_path):
    images = few(digits())
    _, history = fit(tmp_path, images, settings_of(warmup=0.0), (HEAD, ALL))
    assert [(row["stage"], row["epoch"]) for row in history] == [
        ("head", 0),
        ("head", 1),
        ("all layers", 2),
        ("all layers", 3),
    ]
    values = {"train_loss", "validation_loss", "validation_accuracy", "learning_rate", "seconds"}
    assert all(row.keys() == {"stage", "epoch"} | values for row in history)
    assert history[0]["learning_rate"] == pytest.approx(
        5e-3
    )  # one step an epoch: the peak, then half a cosine
    assert {"best.safetensors", "last.pt", "history.jsonl"} <= {file.name for file in tmp_path.iterdir()}


def test_one_seed_one_result(tmp_path):
    images = digits(limit=200)
    settings = settings_of(augment=True, dropout=0.3)
    one, first = fit(tmp_path / "one", images, settings)
    again, second = fit(tmp_path / "again", images, settings)
    other, third = fit(tmp_path / "other", images, dataclasses.replace(settings, seed=1))
    assert without_seconds(first) == without_seconds(second) != without_seconds(third)
    assert changed(weights_of(one), weights_of(again)) == set()
    assert changed(weights_of(one), weights_of(other))


def test_the_best_weights_are_left_in_place(tmp_path):
    images = digits(limit=200)
    engine, history = fit(tmp_path, images, settings_of(), (Stage("train", 6, 2e-2),))
    logits = torch.from_numpy(engine.outputs(images.validation))
    loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(images.validation.labels)).item()
    assert loss == pytest.approx(min(row["validation_loss"] for row in history), rel=1e-6)
    fresh = engine_for(images, settings_of())
    fresh.load(tmp_path / "best.safetensors")
    assert np.array_equal(fresh.outputs(images.test), engine.outputs(images.test))


def test_a_frozen_body_does_not_move(tmp_path):
    images = digits(limit=200)
    before = weights_of(engine_for(images, settings_of()))
    engine, _ = fit(tmp_path, images, settings_of(dropout=0.2), (HEAD,))
    # the running mean and variance of every BatchNorm are among the weights that are compared
    assert any("running_mean" in name for name in before)
    assert changed(before, weights_of(engine)) == {"head.weight", "head.bias"}


def test_after_the_head_everything_learns_the_slower_the_nearer_to_the_input(tmp_path):
    images = digits(limit=200)
    before = weights_of(engine_for(images, settings_of()))
    slow = Stage("all layers", 1, 1e-3, body=0.5, layer_decay=0.1)
    engine, _ = fit(tmp_path, images, settings_of(), (Stage("head", 1, 5e-3, body=0.0), slow))
    after = weights_of(engine)
    assert changed(before, after) == set(before)
    # AdamW moves each weight by about its learning rate, whatever the size of the gradient
    names = ["body.stem.0.weight", "body.stage1.convolutions.0.weight", "body.stage2.convolutions.0.weight"]
    moved = [(after[name] - before[name]).abs().mean().item() for name in names]
    assert moved[0] < moved[1] / 5 < moved[2] / 25


def test_early_stopping_ends_the_stage_and_not_the_run(tmp_path):
    images = digits(limit=100)
    still = Stage("still", 50, 0.0)  # nothing learns, so only BatchNorm's averages move, and soon they do not
    _, history = fit(tmp_path, images, settings_of(patience=2, model="lenet"), (still, ALL))
    assert [row["stage"] for row in history] == ["still"] * 3 + ["all layers"] * 2
    assert [row["epoch"] for row in history] == [0, 1, 2, 3, 4]


def test_a_loss_that_is_no_number_ends_in_words(tmp_path):
    with pytest.raises(
        ProjectError, match=r"the (validation )?loss is .* in epoch \d+; choose a smaller --learning-rate"
    ):
        fit(tmp_path, few(digits()), settings_of(model="lenet", clip=0.0), (Stage("train", 20, 1e30),))


def test_label_smoothing_raises_the_lowest_loss(tmp_path):
    images = few(digits())
    stages = (Stage("train", 60, 5e-3),)
    _, history = fit(tmp_path, images, settings_of(label_smoothing=0.2, patience=0), stages)
    share = 0.8 + 0.2 / 10
    floor = -share * math.log(share) - 9 * 0.02 * math.log(0.02)  # entropy of the smoothed label
    assert floor < history[-1]["train_loss"] < floor + 0.05


def test_mixed_precision_learns_the_same(tmp_path):
    images = digits(limit=300)
    engine, history = fit(
        tmp_path / "half", images, settings_of(precision="bf16"), (Stage("train", 6, 5e-3),)
    )
    _, full = fit(tmp_path / "full", images, settings_of(), (Stage("train", 6, 5e-3),))
    assert (engine.precision, engine.precision_reason) == ("bf16", "asked for by --precision")
    assert all(p.dtype == torch.float32 for p in engine.network.parameters())
    assert history[0]["train_loss"] != full[0]["train_loss"]
    assert history[-1]["validation_loss"] == pytest.approx(full[-1]["validation_loss"], abs=0.1)


def test_colour_images(tmp_path):
    grey = digits(limit=100)
    colour = [
        Split(part.images.repeat(3, axis=3), part.labels) for part in (grey.train, grey.validation, grey.test)
    ]
    images = dataclasses.replace(
        grey,
        train=colour[0],
        validation=colour[1],
        test=colour[2],
        mirror=True,
        mean=grey.mean * 3,
        std=grey.std * 3,
    )
    engine, history = fit(tmp_path, images, settings_of(augment=True))
    assert engine.card.image_shape == (8, 8, 3)
    assert history[-1]["train_loss"] < history[0]["train_loss"]


def test_logits_of_no_image_and_of_many(tmp_path):
    images = digits()
    engine = engine_for(images, settings_of())
    assert engine.outputs(images.test.take(slice(0))).shape == (0, 10)
    assert engine.outputs(images.train).shape == (len(images.train), 10)  # more than one chunk
    assert engine.outputs(images.test).dtype == np.float32


def test_a_head_for_other_classes(tmp_path):
    images = digits(limit=200)
    base = images.only(images.classes[:5])
    engine, _ = fit(tmp_path, base, settings_of())
    fresh = engine_for(images.only(images.classes[5:8]), settings_of())
    before = weights_of(fresh)
    fresh.load_body(tmp_path / "best.safetensors")
    body = {name for name in before if not name.startswith("head.")}
    assert changed({name: weights_of(engine)[name] for name in body}, weights_of(fresh)) == set()
    assert changed(before, weights_of(fresh)) <= body
    with pytest.raises(ProjectError, match=r"head.weight is \(5, 32\), not \(3, 32\)"):
        fresh.load(tmp_path / "best.safetensors")


def test_a_run_of_other_stages_is_not_resumed(tmp_path):
    images = digits(limit=100)
    fit(tmp_path, images, settings_of())
    engine = engine_for(images, settings_of())
    with pytest.raises(ProjectError, match="belongs to a run with other epochs or rates"):
        engine.fit(images, (HEAD,), RunFolder(tmp_path, engine.best, engine.last, resume=True))
