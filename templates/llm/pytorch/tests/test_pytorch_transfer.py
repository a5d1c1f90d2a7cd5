"""LoRA beats training from scratch on the same little text, and pretraining reaches its floor."""

from __future__ import annotations

import pytest

from your_project import workflows
from your_project.files import read_json

#: an eighth of the default's weights
SMALL = ("--layers", "2", "--width", "64", "--precision", "fp32", "--device", "cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of runs with a pretrained network in it."""
    made = tmp_path_factory.mktemp("runs")
    workflows.train("pytorch", [*SMALL, "--epochs", "3", "--run", "base", "--runs", str(made)])
    return made


@pytest.mark.slow
def test_pretraining_gets_far(folder):
    """nanoGPT reaches 1.88 in its setting for a processor, of eight times as many weights, on other text."""
    assert read_json(folder / "base" / "metrics.json")["loss"] <= 1.70


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_lora_beats_scratch_on_the_same_budget(folder, seed):
    words = ("--base", "base", "--data", "source", "--epochs", "6", "--batch-size", "24")
    name = f"tuned-{seed}"
    workflows.finetune("pytorch", [*SMALL, *words, "--seed", str(seed), "--run", name, "--runs", str(folder)])
    content = read_json(folder / name / "metrics.json")
    assert content["parameters"] < 0.3 * content["scratch"]["parameters"]
    assert content["loss"] < content["scratch"]["loss"] - 0.2
    assert content["samples"]["training"] == 200


def test_what_a_base_is_adapted_to(tmp_path, capsys):
    there = ("--runs", str(tmp_path), "--device", "cpu")
    tiny = (
        "--layers",
        "1",
        "--heads",
        "1",
        "--width",
        "8",
        "--context",
        "16",
        "--limit",
        "64",
        "--epochs",
        "1",
    )
    workflows.train("pytorch", [*tiny, "--run", "base", *there])
    with pytest.raises(SystemExit):
        workflows.finetune("pytorch", [*tiny, "--base", "base", "--data", "topics", *there])
    assert "base was trained on topics itself" in capsys.readouterr().err
    few = ("--base", "base", "--data", "source", "--shots", "30", "--run", "one")
    workflows.finetune("pytorch", [*tiny, *few, *there])
    tuned = read_json(tmp_path / "one" / "metrics.json")
    workflows.evaluate("pytorch", ["--run", "one", *there])
    evaluated = read_json(tmp_path / "one" / "evaluate" / "metrics.json")
    # what it was tuned to, which its card names
    assert (evaluated["data"], evaluated["loss"]) == ("source", pytest.approx(tuned["loss"], rel=1e-4))
    with pytest.raises(SystemExit):
        workflows.finetune("pytorch", [*tiny, "--base", "one", "--data", "topics", "--run", "two", *there])
    assert "has LoRA matrices already" in capsys.readouterr().err
