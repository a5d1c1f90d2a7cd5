"""The programs from the command line to the report, with a small NumPy network in place of a framework."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from your_project import engines, workflows
from your_project.errors import ProjectError
from your_project.files import read_json, replacing


class LinearEngine:
    """Softmax regression, trained by gradient descent; its state is one array."""

    framework = "pytorch"
    version = "0"
    device, device_reason = "cpu", "it is NumPy"
    precision, precision_reason = "fp32", "it is NumPy"
    interrupt_at: int | None = None  # the epoch in which somebody presses Ctrl-C

    def __init__(self, settings, card):
        self.settings, self.card = settings, card
        self.weights = np.zeros((int(np.prod(card.image_shape)), len(card.classes)))
        self.parameters = self.weights.size

    def inputs(self, images):
        normal = (images.astype(np.float64) - self.card.mean) / self.card.std
        return normal.reshape(len(images), -1)

    def fit(self, data, stages, run):
        first = 0
        if run.resuming:
            state = np.load(run.last.with_suffix(".npz"), allow_pickle=False)
            first, self.weights = int(state["epoch"]), state["weights"]
        run.rewind(first)
        rates = [stage.learning_rate for stage in stages for _ in range(stage.epochs)]
        targets = np.eye(len(self.card.classes))[data.train.labels]
        inputs = self.inputs(data.train.images)
        for epoch in range(first, len(rates)):
            if epoch == type(self).interrupt_at:
                raise KeyboardInterrupt
            scores = inputs @ self.weights
            shares = np.exp(scores - scores.max(1, keepdims=True))
            shares /= shares.sum(1, keepdims=True)
            self.weights = self.weights + rates[epoch] * inputs.T @ (targets - shares) / len(inputs)
            loss = -np.log(shares[targets == 1] + 1e-9).mean()
            run.log("train", epoch, train_loss=loss, validation_loss=loss, seconds=0.1)
            np.savez(run.last.with_suffix(".npz"), epoch=epoch + 1, weights=self.weights)
            run.last.touch()
        self.save(run.best)

    def logits(self, images):
        return (self.inputs(images) @ self.weights).astype(np.float32)

    def load(self, weights):
        try:
            with weights.open("rb") as file:
                self.weights = np.load(file, allow_pickle=False)
        except (OSError, ValueError) as problem:
            raise ProjectError(f"{weights} cannot be read as weights: {problem}") from None

    def load_body(self, weights):
        assert weights.is_file()

    def save(self, weights):
        with replacing(weights) as draft, draft.open("wb") as file:
            np.save(file, self.weights)


@pytest.fixture(autouse=True)
def linear(monkeypatch):
    monkeypatch.setattr(engines, "find", lambda framework: LinearEngine)
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)


class Runner:
    """Runs programs below a temporary folder."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, program, *words):
        getattr(workflows, program)("pytorch", [*words, "--runs", str(self.folder), "--device", "cpu"])


@pytest.fixture
def run(tmp_path):
    return Runner(tmp_path / "runs")


QUICK = ("--data", "digits", "--epochs", "3", "--learning-rate", "0.5")


def failed(capsys, program, *words):
    """Run a program that must fail; return its status and its last line on stderr."""
    with pytest.raises(SystemExit) as ended:
        program(*words)
    return ended.value.code, capsys.readouterr().err.strip()


def test_training_leaves_a_finished_run(run, capsys):
    run("train", *QUICK, "--run", "first")
    folder = run.folder / "first"
    names = {file.name for file in folder.iterdir() if not file.name.startswith("events")}
    assert names == {
        "run.json", "settings.json", "environment.json", "model.json", "seen.npy", "history.jsonl",
        "best.safetensors", "last.pt", "last.npz", "metrics.json", "report.html",
    }  # fmt: skip
    content = read_json(folder / "metrics.json")
    assert set(content) == {
        "schema", "job", "run", "data", "images", "framework", "framework_version", "device", "precision",
        "model", "parameters", "classes", "accuracy", "macro_precision", "macro_recall", "macro_f1", "loss",
        "per_class", "confusion", "calibration", "epochs", "best_epoch", "seconds", "baseline", "finished",
    }  # fmt: skip
    assert (content["schema"], content["job"], content["run"]) == ("metrics/1", "train", "first")
    assert content["images"]["test"] == sum(map(sum, content["confusion"]))
    assert (content["epochs"], content["best_epoch"], content["seconds"]) == (3, 3, 0.3)
    assert content["accuracy"] > 0.8
    assert content["baseline"]["accuracy"] > 0.9
    out = capsys.readouterr().out
    assert "device      cpu: it is NumPy" in out
    assert f"report      {folder / 'report.html'}" in out


def test_a_name_that_is_taken(run, capsys):
    run("train", *QUICK, "--run", "first")
    status, error = failed(capsys, run, "train", *QUICK, "--run", "first")
    assert status == 1
    assert error.endswith("is there already: --resume, --overwrite or another --run name")
    run("train", *QUICK, "--run", "first", "--overwrite")


def test_ctrl_c_says_how_to_go_on_and_it_does(run, capsys, monkeypatch):
    run("train", *QUICK, "--run", "unbroken")
    monkeypatch.setattr(LinearEngine, "interrupt_at", 2)
    status, error = failed(capsys, run, "train", *QUICK, "--run", "broken")
    assert status == 130
    program, _, options = error.partition(" --run ")
    assert program == "stopped; go on with: python -m your_project.pytorch.train"
    assert options == f"broken --runs {run.folder} --resume"
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    run("train", "--resume")  # the newest unfinished run, with its own settings
    first, second = (read_json(run.folder / name / "metrics.json") for name in ("unbroken", "broken"))
    for key in ("accuracy", "loss", "confusion", "epochs", "best_epoch", "seconds"):
        assert first[key] == second[key]


def test_resuming_what_is_finished_or_was_never_begun(run, capsys):
    status, error = failed(capsys, run, "train", "--resume")
    assert status == 1
    assert "no unfinished train run of pytorch" in error
    run("train", *QUICK, "--run", "first")
    capsys.readouterr()
    run("train", "--resume", "--run", "first")
    assert "is finished already" in capsys.readouterr().out


def test_a_run_is_not_resumed_with_other_settings(run, capsys, monkeypatch):
    monkeypatch.setattr(LinearEngine, "interrupt_at", 1)
    failed(capsys, run, "train", *QUICK, "--run", "broken")
    status, error = failed(capsys, run, "train", "--resume", "--epochs", "9")
    assert status == 1
    assert "broken began with epochs = 3, not 9" in error


def test_the_newest_finished_run_is_evaluated(run, capsys):
    run("train", *QUICK, "--run", "old")
    run("train", *QUICK, "--run", "new")
    run("train", *QUICK, "--smoke")
    run("evaluate")
    trained, evaluated = (read_json(run.folder / "new" / name / "metrics.json") for name in (".", "evaluate"))
    for key in ("accuracy", "loss", "confusion", "calibration", "per_class"):
        assert trained[key] == evaluated[key]
    assert evaluated["job"] == "evaluate"
    assert sorted(path.name for path in run.folder.iterdir()) == ["new", "old"]


def test_predicting_test_images_and_ones_own(run, capsys, tmp_path):
    run("train", *QUICK)
    capsys.readouterr()
    run("predict")
    assert capsys.readouterr().out.count("test image") == 12
    (tmp_path / "mine").mkdir()
    Image.new("RGB", (30, 20), "white").save(tmp_path / "mine" / "photo.png")
    run("predict", "--images", str(tmp_path / "mine"), str(tmp_path / "mine" / "photo.png"))
    out = capsys.readouterr().out
    assert out.count(f"{tmp_path / 'mine' / 'photo.png'}  ") == 2


@pytest.mark.parametrize("program", ["evaluate", "predict"])
def test_without_a_run_the_command_that_makes_one_is_named(run, capsys, program):
    status, error = failed(capsys, run, program)
    assert status == 1
    command = "python -m your_project.pytorch.train"
    assert error == f"error: no finished pytorch run in {run.folder} yet: first {command}"


def test_wrong_input_ends_in_one_line(run, capsys, tmp_path):
    run("train", *QUICK, "--run", "first")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty").mkdir()
    best = run.folder / "first" / "best.safetensors"
    cases = [
        (("predict", "--images", "nowhere.png"), "there is no nowhere.png"),
        (("predict", "--images", str(tmp_path / "text.png")), "is not an image"),
        (("predict", "--run", "absent"), "there is no run absent"),
        (("evaluate", "--data", "nowhere"), "neither a folder nor one of"),
        (("train", "--data", str(tmp_path / "empty")), "sub-folders with images"),
        (("train", "--epochs", "0"), "epochs must be at least 1, not 0"),
        (("train", "--model", "vgg"), "invalid choice: 'vgg'"),
        (("finetune", "--base", "absent"), "there is no run absent"),
    ]
    for words, told in cases:
        status, error = failed(capsys, run, *words)
        assert status in (1, 2)
        assert told in error
        assert "\n" not in error
    best.write_bytes(b"no weights")
    assert "cannot be read as weights" in failed(capsys, run, "evaluate")[1]
    (run.folder / "first" / "model.json").write_text("{}")
    assert "model.json" in failed(capsys, run, "evaluate")[1]


def test_fine_tuning_makes_its_base_once_and_compares(run, capsys):
    run("finetune", *QUICK, "--run", "one")
    run("finetune", *QUICK, "--run", "two", "--head-epochs", "0")
    out = capsys.readouterr().out
    assert out.count("is trained first, on 0, 1, 2, 3, 4") == 1
    assert "batches     of 8 instead of 64 images: 50 images would make too few steps" in out
    content = read_json(run.folder / "one" / "metrics.json")
    assert (content["classes"], content["base"]) == (list("56789"), "base-pytorch")
    assert content["images"] == {"training": 50, "validation": 50, "test": content["images"]["test"]}
    assert content["epochs"] == content["scratch"]["epochs"] == 7
    assert read_json(run.folder / "two" / "metrics.json")["epochs"] == 3
    assert "Fine-tuned or from scratch" in (run.folder / "one" / "report.html").read_text(encoding="utf-8")
    run("finetune", *QUICK, "--run", "three", "--seed", "1")  # another seed, another base
    assert "is trained first" in capsys.readouterr().out
    run("evaluate")
    assert "run         " + str(run.folder / "three") in capsys.readouterr().out


def test_any_run_is_adapted_to_a_folder_of_pictures(run, tmp_path):
    random = np.random.default_rng(0)
    for name in ("ant", "bee"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    run("train", *QUICK, "--run", "numbers")
    run("finetune", "--base", "numbers", "--data", str(tmp_path / "photos"), "--run", "photos")
    card = json.loads((run.folder / "photos" / "model.json").read_text())
    assert (card["image_shape"], card["classes"]) == ([8, 8, 1], ["ant", "bee"])
    run("evaluate")
    run("predict")


def test_fine_tuning_on_what_the_base_knows(run, capsys):
    run("train", *QUICK, "--run", "numbers")
    status, error = failed(capsys, run, "finetune", *QUICK, "--base", "numbers")
    assert status == 1
    assert "was trained on digits itself: give other images by --data" in error


def test_interrupted_fine_tuning_goes_on(run, capsys, monkeypatch):
    monkeypatch.setattr(LinearEngine, "interrupt_at", 4)  # after the base, in the first stage of all layers
    status, error = failed(capsys, run, "finetune", *QUICK, "--run", "tuned")
    assert status == 130
    assert "your_project.pytorch.finetune --run tuned" in error
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    run("finetune", "--resume")
    assert read_json(run.folder / "tuned" / "metrics.json")["epochs"] == 7


@pytest.mark.parametrize("program", ["train", "finetune", "evaluate", "predict"])
def test_a_smoke_run_works_alone_and_leaves_nothing(run, capsys, program):
    run(program, "--smoke", "--data", "digits") if program != "predict" else run(program, "--smoke")
    assert "smoke run   done" in capsys.readouterr().out
    assert not run.folder.exists()


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from your_project import workflows\n"
        "try:\n"
        "    workflows.train('pytorch', ['--help'])\n"
        "finally:\n"
        "    heavy = {'numpy', 'torch', 'tensorflow', 'keras', 'PIL', 'sklearn', 'tqdm', 'tensorboard'}\n"
        "    sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    source = str(Path(workflows.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: python -m your_project.pytorch.train [settings]" in done.stdout
