"""LoRA beats training from scratch on the same little text, and pretraining gets far in few steps."""

from __future__ import annotations

import pytest

from your_project import adapters, workflows
from your_project.files import read_json

#: one seed, and half of the steps that PyTorch's side has, which also takes three seeds
SMALL = ("--layers", "2", "--width", "64", "--batch-size", "24", "--precision", "fp32", "--device", "cpu")


@pytest.mark.slow
def test_pretraining_gets_far_and_lora_beats_scratch_on_the_same_budget(tmp_path):
    there = ("--runs", str(tmp_path))
    workflows.train("keras", [*SMALL, "--epochs", "3", "--run", "base", *there])
    assert read_json(tmp_path / "base" / "metrics.json")["loss"] <= 1.9
    words = ("--base", "base", "--data", "source", "--epochs", "6", "--run", "tuned")
    workflows.finetune("keras", [*SMALL, *words, *there])
    content = read_json(tmp_path / "tuned" / "metrics.json")
    assert content["parameters"] < 0.3 * content["scratch"]["parameters"]
    assert content["loss"] < content["scratch"]["loss"] - 0.2
    assert content["samples"]["training"] == 200
    # the adapters lie beside the weights
    matrices, lora = adapters.load(tmp_path / "tuned" / adapters.ADAPTER)
    assert (len(matrices), lora.rank) == (8, 8)
