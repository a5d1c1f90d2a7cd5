"""What all three networks reach, that they learn alike, and that a stopped run ends as an unbroken one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from net_cases import accuracy, each_and_seeds, each_other, fit, history, losses, settings_of

from your_project import data
from your_project.baseline import compare
from your_project.by_hand.checkpoints import load
from your_project.by_hand.engine import NumPyEngine
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.run_folder import RunFolder
from your_project.stages import Stage
from your_project.training import make_engine, whole_training
from your_project.transfer import adaptation, before_and_after

STAGES = Stage("head", 3, 2e-2, body=0.0), Stage("all layers", 4, 1e-2, body=0.3)


def baseline(samples, settings):
    found = compare(samples, settings)
    assert found is not None
    return found["accuracy"]


@each_and_seeds
def test_digits(framework, seed, tmp_path):
    settings = settings_of(seed=seed)
    samples = data.load(settings)
    reached = accuracy(fit(framework, tmp_path, samples, settings), samples.test)
    assert reached >= 0.97
    assert reached > baseline(samples, settings)


@each_and_seeds
def test_xor_is_solved(framework, seed, tmp_path):
    settings = settings_of(data="xor", seed=seed)
    samples = data.load(settings)
    engine = fit(framework, tmp_path, samples, settings)
    scores = engine.outputs(samples.test)
    assert scores.argmax(1).tolist() == [0, 1, 1, 0]
    assert np.abs(scores[:, 1] - scores[:, 0]).min() > 1  # shares above 0.73: no narrow escape


def test_without_a_hidden_layer_xor_is_not_solved():
    settings = settings_of(data="xor")
    assert baseline(data.load(settings), settings) <= 0.75


@each_and_seeds
def test_fine_tuning_beats_scratch(framework, seed, tmp_path):
    settings = settings_of(seed=seed)
    known, new = before_and_after(data.load(settings), settings.task)
    base = fit(framework, tmp_path / "base", known, settings)
    new = new.few(settings.shots, seed)
    few = replace(settings, batch_size=8)
    card = replace(base.card, classes=new.classes)
    weights = tmp_path / "base" / base.best
    tuned = fit(framework, tmp_path / "tuned", new, few, adaptation(few), card, weights)
    same_budget = replace(few, epochs=few.epochs + few.head_epochs)
    scratch = fit(framework, tmp_path / "scratch", new, few, whole_training(same_budget))
    assert accuracy(tuned, new.test) > accuracy(scratch, new.test) + 0.01


@each_other
def test_frameworks_begin_with_the_same_network(framework):
    settings = settings_of(hidden=9, seed=3)
    samples = data.load(settings)
    one, other = (make_engine(n, settings, card_of(samples, settings, n)) for n in ("numpy", framework))
    assert one.parameters == other.parameters == 64 * 9 + 9 + 9 * 10 + 10
    np.testing.assert_allclose(other.outputs(samples.test), one.outputs(samples.test), atol=1e-5)


@each_other
def test_frameworks_learn_step_by_step_alike(framework, tmp_path):
    # one batch an epoch holds all samples, so that no order matters: 12 steps, two stages, warm-up, clipping
    settings = settings_of(limit=200, batch_size=200, clip=0.5)
    samples = data.load(settings)
    stages = Stage("head", 4, 1e-2, body=0.0), Stage("all layers", 8, 1e-2, body=0.3)
    for name in ("numpy", framework):
        fit(name, tmp_path / name, samples, settings, stages)
    one, other = (history(tmp_path / name) for name in ("numpy", framework))
    assert one[-1]["train_loss"] < one[0]["train_loss"] / 2
    assert [row["stage"] for row in one] == [row["stage"] for row in other]
    for key in ("train_loss", "validation_loss", "learning_rate"):
        np.testing.assert_allclose(
            [row[key] for row in other], [row[key] for row in one], rtol=1e-4, atol=1e-9, err_msg=key
        )


def test_what_is_frozen_stays(tmp_path):
    settings = settings_of(hidden=8)
    samples = data.load(settings)
    engine = NumPyEngine(settings, card_of(samples, settings, "numpy"))
    before = {name: value.copy() for name, value in engine.network.weights.items()}
    engine.fit(samples, STAGES[:1], RunFolder(tmp_path, engine.best, engine.last))
    after = engine.network.weights
    np.testing.assert_array_equal(after["hidden.weight"], before["hidden.weight"])
    assert (after["head.weight"] != before["head.weight"]).any()


@pytest.mark.parametrize("killed_in", [0, 2, 3, 5])  # in the first stage and its last epoch, in the next
def test_a_run_that_broke_off_ends_as_one_that_did_not(killed_in, tmp_path, monkeypatch):
    settings = settings_of(hidden=8)
    samples = data.load(settings)
    fit("numpy", tmp_path / "unbroken", samples, settings, STAGES)
    log = RunFolder.log

    def break_off(self, stage, epoch, **values):
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if epoch == killed_in:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(KeyboardInterrupt):
            fit("numpy", tmp_path / "broken", samples, settings, STAGES)
    fit("numpy", tmp_path / "broken", samples, replace(settings, resume=True), STAGES)
    assert history(tmp_path / "broken") == history(tmp_path / "unbroken")
    for file in ("best.npz", "last.npz"):
        one, other = (load(tmp_path / name / file) for name in ("unbroken", "broken"))
        assert one[1] == other[1]
        for name, value in one[0].items():
            np.testing.assert_array_equal(other[0][name], value)


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    settings = settings_of(learning_rate=1e30, weight_decay=1e30, epochs=3)
    with pytest.raises(ProjectError, match="choose a smaller --learning-rate"), np.errstate(all="ignore"):
        fit("numpy", tmp_path, data.load(settings), settings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"device": "cuda"}, "NumPy computes on the processor"), ({"precision": "bf16"}, "NumPy has fp32")],
)
def test_what_numpy_cannot_do_is_told(changes, words):
    settings = settings_of(**changes)
    with pytest.raises(ProjectError, match=words):
        make_engine("numpy", settings, card_of(data.load(settings), settings, "numpy"))


def test_weights_of_another_network_are_refused(tmp_path):
    settings = settings_of(epochs=1, hidden=8)
    samples = data.load(settings)
    engine = fit("numpy", tmp_path, samples, settings)
    wider = replace(settings, hidden=9)
    other = make_engine("numpy", wider, card_of(samples, wider, "numpy"))
    with pytest.raises(ProjectError, match=r"hidden.weight is \(64, 8\), not \(64, 9\)"):
        other.load(tmp_path / engine.best)
    (tmp_path / "half.npz").write_bytes((tmp_path / engine.best).read_bytes()[:200])
    with pytest.raises(ProjectError, match="cannot be read as arrays"):
        engine.load(tmp_path / "half.npz")
    assert np.isfinite(losses(tmp_path)).all()
