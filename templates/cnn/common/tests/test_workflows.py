"""The programs from the command line to the report, with a small NumPy network in place of a framework."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from linear_engine import LinearEngine
from PIL import Image

from your_project import engines, prediction, workflows
from your_project.files import read_json


def test_training_leaves_a_finished_run(run, capsys):
    run.quick("train", "--run", "first")
    folder = run.folder / "first"
    names = {file.name for file in folder.iterdir() if not file.name.startswith("events")}
    assert names == {
        "run.json", "settings.json", "environment.json", "model.json", "seen.npy", "history.jsonl",
        "best.safetensors", "last.pt", "last.npz", "metrics.json", "report.html",
    }  # fmt: skip
    content = read_json(folder / "metrics.json")
    assert set(content) == {
        "schema", "job", "run", "data", "samples", "framework", "framework_version", "device", "precision",
        "model", "parameters", "classes", "accuracy", "macro_precision", "macro_recall", "macro_f1", "loss",
        "per_class", "confusion", "majority", "calibration", "epochs", "best_epoch", "seconds", "baseline",
        "finished",
    }  # fmt: skip
    assert (content["schema"], content["job"], content["run"]) == ("metrics/1", "train", "first")
    assert content["samples"]["test"] == sum(map(sum, content["confusion"]))
    assert (content["epochs"], content["best_epoch"], content["seconds"]) == (3, 3, 0.3)
    assert content["accuracy"] > 0.8
    assert content["baseline"]["accuracy"] > 0.9
    out = capsys.readouterr().out
    assert "device      cpu: it is NumPy" in out
    assert f"report      {folder / 'report.html'}" in out


def test_a_name_that_is_taken(run, capsys):
    run.quick("train", "--run", "first")
    status, error = run.quick_failed("train", "--run", "first")
    assert status == 1
    assert error.endswith("is there already: --resume, --overwrite or another --run name")
    run.quick("train", "--run", "first", "--overwrite")


def test_ctrl_c_says_how_to_go_on_and_it_does(run, capsys, monkeypatch):
    run.quick("train", "--run", "unbroken")
    monkeypatch.setattr(LinearEngine, "interrupt_at", 2)
    status, error = run.quick_failed("train", "--run", "broken")
    assert status == 130
    program, _, options = error.partition(" --run ")
    assert program == f"stopped; go on with: {engines.pasted('pytorch', 'train')}"
    assert options == f"broken --runs {run.folder} --resume"
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    run("train", "--resume")  # the newest unfinished run, with its own settings
    first, second = (read_json(run.folder / name / "metrics.json") for name in ("unbroken", "broken"))
    for key in ("accuracy", "loss", "confusion", "epochs", "best_epoch", "seconds"):
        assert first[key] == second[key]


def test_resuming_what_is_finished_or_was_never_begun(run, capsys):
    status, error = run.failed("train", "--resume")
    assert status == 1
    assert "no unfinished train run of pytorch" in error
    run.quick("train", "--run", "first")
    capsys.readouterr()
    run("train", "--resume", "--run", "first")
    assert "is finished already" in capsys.readouterr().out


def test_a_run_is_not_resumed_with_other_settings(run, capsys, monkeypatch):
    monkeypatch.setattr(LinearEngine, "interrupt_at", 1)
    run.quick_failed("train", "--run", "broken")
    status, error = run.failed("train", "--resume", "--epochs", "9")
    assert status == 1
    assert "broken began with epochs = 3, not 9" in error


def test_the_newest_finished_run_is_evaluated(run, capsys):
    run.quick("train", "--run", "old")
    run.quick("train", "--run", "new")
    run.quick("train", "--smoke")
    run("evaluate")
    trained, evaluated = (read_json(run.folder / "new" / name / "metrics.json") for name in (".", "evaluate"))
    for key in ("accuracy", "loss", "confusion", "calibration", "per_class"):
        assert trained[key] == evaluated[key]
    assert evaluated["job"] == "evaluate"
    assert sorted(path.name for path in run.folder.iterdir()) == ["new", "old"]


def test_predicting_test_images_and_ones_own(run, capsys, tmp_path):
    run.quick("train")
    capsys.readouterr()
    run("predict")
    assert capsys.readouterr().out.count("test image") == 12
    (tmp_path / "mine").mkdir()
    Image.new("RGB", (30, 20), "white").save(tmp_path / "mine" / "photo.png")
    run("predict", "--images", str(tmp_path / "mine"), str(tmp_path / "mine" / "photo.png"))
    out = capsys.readouterr().out
    assert out.count(f"{tmp_path / 'mine' / 'photo.png'}  ") == 2
    assert "\n            the newest finished run; another one: --run NAME\n" in out


def test_a_picture_that_looks_inverted_is_told(run, capsys, tmp_path):
    run.quick("train", "--run", "first")
    for name, colour in (("paper", "white"), ("board", "black")):
        Image.new("L", (30, 20), colour).save(tmp_path / f"{name}.png")
    files = ("--images", str(tmp_path / "paper.png"), str(tmp_path / "board.png"))
    told = "warning     1 of 2 images look inverted, dark where the training images are bright: try --"
    for words, advice in (((), "invert"), (("--invert",), "no-invert")):
        capsys.readouterr()
        run("predict", "--run", "first", *files, *words)
        out = capsys.readouterr().out
        assert f"{told}{advice}\n" in out
        assert "newest" not in out
    assert not prediction.look_inverted(np.full((1, 2, 2, 3), 255), (120.0, 118.0, 110.0)).any()


@pytest.mark.parametrize("program", ["evaluate", "predict"])
def test_without_a_run_the_command_that_makes_one_is_named(run, capsys, program):
    status, error = run.failed(program)
    assert status == 1
    command = engines.pasted("pytorch", "train")
    assert error == f"error: no finished pytorch run in {run.folder} yet: first {command}"


def test_wrong_input_ends_in_one_line(run, capsys, tmp_path):
    run.quick("train", "--run", "first")
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
        (("train", "--learning-rate", "0"), "learning_rate must be above 0"),
        (("train", "--learning-rate", "inf"), "learning_rate must be finite"),
        (("train", "--learning-rate", "nan"), "learning_rate must be at least 0, not nan"),
        (("train", "--model", "vgg"), "invalid choice: 'vgg'"),
        (("finetune", "--base", "absent"), "there is no run absent"),
    ]
    for words, told in cases:
        status, error = run.failed(*words)
        assert status in (1, 2)
        assert told in error
        assert "\n" not in error
    assert [folder.name for folder in run.folder.iterdir()] == ["first"]
    best.write_bytes(b"no weights")
    assert "cannot be read as weights" in run.failed("evaluate")[1]
    (run.folder / "first" / "model.json").write_text("{}")
    assert "model.json" in run.failed("evaluate")[1]


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
