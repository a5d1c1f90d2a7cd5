"""Fine-tuning from the command line to the report, with a small NumPy network in place of a framework."""

from __future__ import annotations

import json

import numpy as np
from linear_engine import LinearEngine
from PIL import Image

from your_project.files import read_json


def test_fine_tuning_makes_its_base_once_and_compares(run, capsys):
    run.quick("finetune", "--run", "one")
    run.quick("finetune", "--run", "two", "--head-epochs", "0")
    out = capsys.readouterr().out
    assert out.count("is trained first, on 0, 1, 2, 3, 4") == 1
    assert "batches     of 8 instead of 64 images: 50 images would make too few steps" in out
    content = read_json(run.folder / "one" / "metrics.json")
    assert (content["classes"], content["base"]) == (list("56789"), "base-pytorch")
    assert content["samples"] == {"training": 50, "validation": 50, "test": content["samples"]["test"]}
    assert content["epochs"] == content["scratch"]["epochs"] == 7
    assert read_json(run.folder / "two" / "metrics.json")["epochs"] == 3
    assert "Fine-tuned or from scratch" in (run.folder / "one" / "report.html").read_text(encoding="utf-8")
    run.quick("finetune", "--run", "three", "--seed", "1")  # another seed, another base
    assert "is trained first" in capsys.readouterr().out
    run("evaluate")
    assert "run         " + str(run.folder / "three") in capsys.readouterr().out


def test_any_run_is_adapted_to_a_folder_of_pictures(run, capsys, tmp_path):
    random = np.random.default_rng(0)
    for name in ("ant", "bee"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    run.quick("train", "--run", "numbers")
    run("finetune", "--base", "numbers", "--data", str(tmp_path / "photos"), "--run", "photos")
    card = json.loads((run.folder / "photos" / "model.json").read_text())
    assert (card["image_shape"], card["classes"]) == ([8, 8, 1], ["ant", "bee"])
    capsys.readouterr()
    run("evaluate")
    assert "the newest finished run, fine-tuned; another one" in capsys.readouterr().out
    run("predict")


def test_fine_tuning_on_what_the_base_knows(run, capsys):
    run.quick("train", "--run", "numbers")
    status, error = run.quick_failed("finetune", "--base", "numbers")
    assert status == 1
    assert "was trained on digits itself: give other images by --data" in error


def test_interrupted_fine_tuning_goes_on(run, capsys, monkeypatch):
    monkeypatch.setattr(LinearEngine, "interrupt_at", 4)  # after the base, in the first stage of all layers
    status, error = run.quick_failed("finetune", "--run", "tuned")
    assert status == 130
    assert "your_project.pytorch.finetune --run tuned" in error
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    run("finetune", "--resume")
    assert read_json(run.folder / "tuned" / "metrics.json")["epochs"] == 7
