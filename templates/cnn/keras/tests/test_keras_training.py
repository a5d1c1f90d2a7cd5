"""Training with Keras: it learns, it can be repeated, and it can be resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from your_project import data
from your_project.data import Data
from your_project.errors import ProjectError
from your_project.finetuning import adaptation
from your_project.run_folder import RunFolder
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine
from your_project.training import card_of, whole_training

SMALL = Settings(data="digits", width=8, epochs=4, batch_size=32, device="cpu", precision="fp32")


@pytest.fixture(scope="module")
def digits() -> Data:
    return data.load(SMALL)


def engine(settings: Settings, images: Data) -> KerasEngine:
    return KerasEngine(settings, card_of(images, settings, "keras"))


def trained(settings: Settings, images: Data, folder: Path, stages: tuple[Stage, ...] = ()) -> KerasEngine:
    made = engine(settings, images)
    made.fit(images, stages or whole_training(settings), RunFolder(folder, "keras", resume=settings.resume))
    return made


def weights(made: KerasEngine) -> list[np.ndarray]:
    return [np.array(weight) for weight in made.network.get_weights()]


def accuracy(made: KerasEngine, images: Data) -> float:
    return float((made.logits(images.test.images).argmax(1) == images.test.labels).mean())


def history(folder: Path) -> list[dict[str, float]]:
    rows = RunFolder(folder, "keras", resume=True).history()
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


@pytest.mark.parametrize("model", ["resnet", "lenet"])
def test_one_batch_can_be_learnt_by_heart(model: str, digits: Data, tmp_path: Path) -> None:
    settings = replace(SMALL, model=model, augment=False, label_smoothing=0, dropout=0, patience=0)
    few = digits.few(3, seed=0)
    few = replace(few, validation=few.train, test=few.train)
    made = trained(settings, few, tmp_path, (Stage("train", 80, 1e-2),))  # an epoch is one step here
    assert history(tmp_path)[-1]["train_loss"] < 0.02
    assert accuracy(made, few) == 1.0


def test_the_seed_decides_everything(digits: Data, tmp_path: Path) -> None:
    settings = replace(SMALL, epochs=2, limit=0)
    first, second, other = (
        trained(replace(settings, seed=seed), digits, tmp_path / name)
        for seed, name in ((0, "first"), (0, "second"), (1, "other"))
    )
    assert history(tmp_path / "first") == history(tmp_path / "second") != history(tmp_path / "other")
    for one, two in zip(weights(first), weights(second), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(weights(first)[0], weights(other)[0])


STAGES = (Stage("head", 2, 1e-3, body=0.0), Stage("all layers", 3, 1e-3, body=0.5, layer_decay=0.5))


@pytest.mark.parametrize("killed_in", [0, 1, 3])
def test_a_run_that_broke_off_ends_as_one_that_did_not(
    killed_in: int, digits: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = trained(SMALL, digits, tmp_path / "unbroken", STAGES)
    log = RunFolder.log

    def break_off(self: RunFolder, stage: str, epoch: int, **values: float) -> None:
        log(self, stage, epoch, **values)  # the row is written, the state is not yet
        if epoch == killed_in:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "log", break_off)
        with pytest.raises(KeyboardInterrupt):
            trained(SMALL, digits, tmp_path / "broken", STAGES)
    resumed = trained(replace(SMALL, resume=True), digits, tmp_path / "broken", STAGES)

    assert history(tmp_path / "broken") == history(tmp_path / "unbroken")
    for one, other in zip(weights(unbroken), weights(resumed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_patience_ends_a_stage_and_the_next_one_begins(digits: Data, tmp_path: Path) -> None:
    hopeless = Stage("train", 9, 1e-12), Stage("more", 9, 1e-12)
    few = digits.few(4, seed=0)
    trained(replace(SMALL, patience=1, dropout=0), few, tmp_path, hopeless)
    rows = history(tmp_path)
    assert [row["epoch"] for row in rows] == list(range(len(rows)))
    assert 2 <= len(rows) < 18
    assert {row["stage"] for row in rows} == {"train", "more"}


def test_a_loss_that_explodes_is_told(digits: Data, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"the loss became .+ choose a smaller --learning-rate"):
        trained(replace(SMALL, clip=0), digits, tmp_path, (Stage("train", 3, 1e38),))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_learns_too(precision: str, digits: Data, tmp_path: Path) -> None:
    made = trained(replace(SMALL, precision=precision), digits, tmp_path)
    assert made.logits(digits.test.images).dtype == np.float32
    assert accuracy(made, digits) > 0.7


def test_colour_images_and_mirrors(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = np.arange(96) % 3
    pixels = random.integers(0, 60, (96, 12, 12, 3)).astype("uint8")
    pixels[np.arange(96), :, :, labels] += 120  # red, green and blue pictures
    part = data.Split(pixels, labels)
    images = data.make("colours", ("red", "green", "blue"), part, part, part, mirror=True)
    assert accuracy(trained(replace(SMALL, epochs=6), images, tmp_path), images) == 1.0


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
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fine_tuning_beats_training_from_scratch(seed: int, tmp_path: Path) -> None:
    settings = Settings(width=16, epochs=6, head_epochs=3, seed=seed, device="cpu")
    images = data.load(settings)
    base = trained(settings, images.only(images.classes[:5]), tmp_path / "base")

    new = images.only(images.classes[5:]).few(10, seed)  # 50 images of classes that the base never saw
    settings = replace(settings, batch_size=8)
    tuned = KerasEngine(settings, replace(base.card, classes=new.classes))
    tuned.load_body(tmp_path / "base" / "best.weights.h5")
    tuned.fit(new, adaptation(settings), RunFolder(tmp_path / "tuned", "keras"))
    same_budget = replace(settings, epochs=settings.epochs + settings.head_epochs)
    scratch = trained(same_budget, new, tmp_path / "scratch")
    assert accuracy(tuned, new) > accuracy(scratch, new) + 0.1


# --- floors, and the program itself


@pytest.mark.slow
def test_digits_are_read(digits: Data, tmp_path: Path) -> None:
    settings = replace(SMALL, width=16, epochs=10)
    assert accuracy(trained(settings, digits, tmp_path), digits) >= 0.95


def program(folder: Path, *more: str) -> list[str]:
    arguments = ("--data", "digits", "--width", "8", "--epochs", "6", "--device", "cpu", "--run", "run")
    module = KerasEngine.__module__.replace(".engine", ".train")
    return [sys.executable, "-m", module, *arguments, "--runs", str(folder), *more]


@pytest.mark.slow
def test_a_killed_program_is_resumed_to_the_same_result(tmp_path: Path) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(program(tmp_path / "unbroken"), check=True, env=environment)
    with subprocess.Popen(program(tmp_path / "broken"), env=environment) as process:
        rows = tmp_path / "broken" / "run" / "history.jsonl"
        while process.poll() is None and not (rows.is_file() and len(rows.read_text().splitlines()) >= 2):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert not (tmp_path / "broken" / "run" / "metrics.json").exists(), "it ended before it could be killed"
    subprocess.run(program(tmp_path / "broken", "--resume"), check=True, env=environment)

    def result(name: str) -> dict[str, object]:
        content = json.loads((tmp_path / name / "run" / "metrics.json").read_text())
        return {key: value for key, value in content.items() if key not in {"seconds", "finished"}}

    assert result("broken") == result("unbroken")
    assert history(tmp_path / "broken" / "run") == history(tmp_path / "unbroken" / "run")


@pytest.mark.slow
def test_handwriting_is_read_with_the_default_settings(tmp_path: Path) -> None:
    settings = Settings(device="cpu")
    images = data.load(settings)
    assert accuracy(trained(settings, images, tmp_path), images) >= 0.97
