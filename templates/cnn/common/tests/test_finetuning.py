"""Fine-tuning from the command line to the report, with a small NumPy network in place of a framework."""

from __future__ import annotations

import json

import numpy as np
from linear_engine import LinearEngine
from PIL import Image

from your_project import data
from your_project.files import read_json
from your_project.settings import Settings


def photos_in(folder):
    """Write pictures of two classes; return the folder as `--data` takes it."""
    random = np.random.default_rng(0)
    for name in ("ant", "bee"):
        (folder / "photos" / name).mkdir(parents=True)
        for number in range(12):
            save(folder / "photos" / name / f"{number}.png", random)
    return str(folder / "photos")


def save(path, random):
    """Write a picture of noise."""
    Image.fromarray(random.integers(0, 256, (16, 16, 3), np.uint8)).save(path)


def seen(run):
    """Return the checksums of what the network of a run has learned from."""
    return set(np.load(run / "seen.npy").tolist())


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
    assert read_json(run.folder / "three" / "metrics.json")["base"] == "base-pytorch-2"
    assert seen(run.folder / "base-pytorch") < seen(run.folder / "one")
    run("evaluate")
    assert "run         " + str(run.folder / "three") in capsys.readouterr().out


def test_any_run_is_adapted_to_a_folder_of_pictures(run, capsys, tmp_path):
    photos = photos_in(tmp_path)
    run.quick("train", "--run", "numbers")
    run("finetune", "--base", "numbers", "--data", photos, "--run", "photos")
    card = json.loads((run.folder / "photos" / "model.json").read_text())
    assert (card["image_shape"], card["classes"]) == ([8, 8, 1], ["ant", "bee"])
    capsys.readouterr()
    run("evaluate")
    assert "the newest finished run, fine-tuned; another one" in capsys.readouterr().out
    run("predict")


def test_fine_tuning_on_what_the_base_knows(run, capsys, tmp_path):
    run.quick("train", "--run", "numbers")
    status, error = run.quick_failed("finetune", "--base", "numbers")
    assert status == 1
    assert "was trained on digits itself: give other images by --data" in error
    run("finetune", "--base", "numbers", "--smoke", "--data", photos_in(tmp_path))
    assert f"{run.folder / 'numbers'} knows" in capsys.readouterr().out


def test_what_the_base_has_learned_from_does_not_test_what_is_made_of_it(run, capsys, tmp_path):
    photos = photos_in(tmp_path)
    run.quick("train", "--run", "numbers")
    digits = seen(run.folder / "numbers")
    shown = data.load(Settings(data=photos, image_size=8)).fitted((8, 8, 1)).test.checksums()
    # as a folder is divided that has grown since the base learned from it
    np.save(run.folder / "numbers" / "seen.npy", np.array([*digits, *shown[:2].tolist()], np.uint64))
    run("finetune", "--base", "numbers", "--data", photos, "--run", "tuned")
    assert "2 of 4 images are left out: numbers knows them" in capsys.readouterr().out
    assert read_json(run.folder / "tuned" / "metrics.json")["samples"]["test"] == 2
    assert digits < seen(run.folder / "tuned")
    np.save(run.folder / "numbers" / "seen.npy", np.array([*digits, *shown.tolist()], np.uint64))
    assert (
        "numbers has learned from all 4 images"
        in run.failed("finetune", "--base", "numbers", "--data", photos)[1]
    )


def test_interrupted_fine_tuning_goes_on(run, capsys, monkeypatch):
    monkeypatch.setattr(LinearEngine, "interrupt_at", 4)  # after the base, in the first stage of all layers
    status, error = run.quick_failed("finetune", "--run", "tuned")
    assert status == 130
    assert "your_project.pytorch.finetune --run tuned" in error
    monkeypatch.setattr(LinearEngine, "interrupt_at", None)
    run("finetune", "--resume")
    assert read_json(run.folder / "tuned" / "metrics.json")["epochs"] == 7
