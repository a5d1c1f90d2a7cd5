"""LoRA beats training from scratch on the same little text, and pretraining reaches its floor."""

from __future__ import annotations

import pytest

from your_project import workflows
from your_project.files import read_json

SMALL = ("--layers", "2", "--width", "64", "--batch-size", "24", "--precision", "fp32")


@pytest.mark.slow
def test_lora_beats_scratch_on_the_same_budget(tmp_path):
    there = ("--runs", str(tmp_path), "--device", "cpu")
    workflows.train("pytorch", [*SMALL, "--epochs", "3", "--run", "base", *there])
    for seed in range(3):
        words = (
            "--base",
            "base",
            "--data",
            "source",
            "--epochs",
            "6",
            "--seed",
            str(seed),
            "--run",
            f"tuned-{seed}",
        )
        workflows.finetune("pytorch", [*SMALL, *words, *there])
        content = read_json(tmp_path / f"tuned-{seed}" / "metrics.json")
        assert content["parameters"] < 0.3 * content["scratch"]["parameters"]
        assert content["loss"] < content["scratch"]["loss"] - 0.2
        assert content["samples"]["training"] == 200


@pytest.mark.slow
def test_pretraining_reaches_its_floor_sooner_than_by_default(tmp_path):
    """Fewer steps than the default's 2,000, which reach a validation loss of 1.34."""
    workflows.train(
        "pytorch", ["--epochs", "2", "--run", "short", "--runs", str(tmp_path), "--device", "cpu"]
    )
    content = read_json(tmp_path / "short" / "metrics.json")
    assert content["loss"] <= 1.75


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
