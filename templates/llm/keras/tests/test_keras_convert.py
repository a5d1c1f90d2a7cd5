"""A network that is carried to the other framework computes the same."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import safetensors.numpy

from your_project import bases, engines, files, jobs, runs
from your_project.data import Split
from your_project.engine import ModelCard
from your_project.errors import ProjectError
from your_project.settings import Settings
from your_project.tfkeras import convert
from your_project.tfkeras.engine import KerasEngine

SETTINGS = Settings(layers=2, heads=2, width=32, context=16, device="cpu", precision="fp32")
CARD = ModelCard("gpt", 2, 2, 32, 16, 0.0, {}, 50, "mine", "keras")


def finished(folder, name):
    """Leave a run as `train` does."""
    path = runs.begin(folder, name, "keras", "train")
    engine = KerasEngine(SETTINGS, CARD)
    engine.save(path / engine.best)
    jobs.record(path, SETTINGS)
    files.write_json(path / "model.json", asdict(CARD))
    files.write_json(path / "metrics.json", {"finished": runs.now(), "loss": 4.0})
    return engine


def part():
    rows = np.random.default_rng(0).integers(0, 50, (4, 16)).astype(np.int32)
    return Split(rows, rows, np.zeros(0, np.uint64), "mine")


def test_weights_go_there_and_back():
    made, fresh = KerasEngine(SETTINGS, CARD), KerasEngine(replace(SETTINGS, seed=1), CARD)
    assert not np.allclose(made.outputs(part()), fresh.outputs(part()))
    weights = convert.to_pytorch(made.network, CARD)
    convert.to_keras(weights, fresh.network, CARD)
    assert np.array_equal(made.outputs(part()), fresh.outputs(part()))
    assert sum(weight.size for weight in weights.values()) == made.parameters
    with pytest.raises(ProjectError, match=r"lacks head\.weight"):
        convert.to_keras(
            {name: one for name, one in weights.items() if name != "head.weight"}, fresh.network, CARD
        )
    with pytest.raises(ProjectError, match="another network"):
        convert.to_keras({**weights, "head.weight": np.ones(3, np.float32)}, fresh.network, CARD)


def test_pytorch_computes_the_same_logits(tmp_path):
    pytest.importorskip("torch")
    made = KerasEngine(SETTINGS, CARD)
    file = tmp_path / "weights.safetensors"
    safetensors.numpy.save_file(convert.to_pytorch(made.network, CARD), file)
    other = engines.find("pytorch")(SETTINGS, replace(CARD, framework="pytorch"))
    other.load(file)
    expected = other.outputs(part())
    assert np.abs(made.outputs(part()) - expected).max() < 1e-4
    assert np.abs(expected).max() > 0.05
    assert made.losses(part()) == pytest.approx(other.losses(part()), abs=1e-4)
    assert made.parameters == other.parameters
    # both begin alike: the deviations of all kinds of weights agree, whichever numbers were drawn
    for name, weight in convert.to_pytorch(KerasEngine(SETTINGS, CARD).network, CARD).items():
        fresh = engines.find("pytorch")(SETTINGS, replace(CARD, framework="pytorch")).network.state_dict()[
            name
        ]
        assert weight.std() == pytest.approx(float(fresh.std(correction=0)), rel=0.15), name


def test_a_run_is_carried_to_the_other_framework_and_back(tmp_path, capsys):
    there = ("--runs", str(tmp_path), "--device", "cpu")
    made = finished(tmp_path, "mine")
    convert.main(["--run", "mine", *there])
    assert runs.read(tmp_path / "mine-pytorch").finished
    convert.main(["--run", "mine-pytorch", *there])
    again = runs.named(tmp_path, "mine-pytorch-keras")
    back = KerasEngine(replace(SETTINGS, seed=1), bases.card_of_run(again))
    back.load(jobs.weights_of(again))
    assert np.array_equal(back.outputs(part()), made.outputs(part()))
    told = files.read_json(again.path / "metrics.json")
    assert (told["loss"], told["converted_from"]) == (4.0, "mine-pytorch")
    assert files.read_json(tmp_path / "mine-pytorch" / "model.json")["framework"] == "pytorch"
    capsys.readouterr()
    with pytest.raises(SystemExit):
        convert.main(["--run", "absent", *there])
    assert "there is no run absent" in capsys.readouterr().err
