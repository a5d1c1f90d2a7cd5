"""A fine-tuned GPT without adapters: the same logits, and a base like any other."""

import json

import numpy as np
import pytest
import torch

from your_project import adapters, bases, chats, runs, workflows
from your_project.pytorch import lora, tuning
from your_project.pytorch.engine import PyTorchEngine
from your_project.settings import Settings

torch.set_num_threads(1)

SMALL = [
    *("--layers", "2", "--heads", "2", "--width", "16", "--context", "32", "--limit", "40", "--epochs", "1"),
    *("--shots", "20", "--device", "cpu", "--precision", "fp32", "--learning-rate", "0.01"),
]


def logits(folder, name):
    run = runs.named(folder, name)
    engine = PyTorchEngine(Settings(device="cpu", precision="fp32"), bases.card_of_run(run))
    engine.load(run.path / engine.best)
    text = chats.load(Settings(data="chats", context=32))
    windows = text.test.inputs % engine.card.tokens
    return engine.card, engine.network(torch.from_numpy(windows)).detach().numpy()


def test_a_merged_run_gives_the_same_logits(tmp_path, capsys):
    workflows.finetune("pytorch", [*SMALL, "--data", "chats", "--runs", str(tmp_path), "--run", "tuned"])
    tuning.merge(["--runs", str(tmp_path), "--run", "tuned", "--device", "cpu"])
    card, expected = logits(tmp_path, "tuned")
    plain, found = logits(tmp_path, "tuned-merged")
    assert card.rank and not plain.rank
    assert np.allclose(found, expected, atol=1e-5)
    told = json.loads((tmp_path / "tuned-merged" / "metrics.json").read_text(encoding="utf-8"))
    assert told["merged_from"] == "tuned"
    # the adapters alone, on the base's weights, are the same network again
    base = runs.named(tmp_path, "base-pytorch")
    engine = PyTorchEngine(Settings(device="cpu", precision="fp32"), bases.card_of_run(base))
    engine.load(base.path / engine.best)
    windows = torch.from_numpy(chats.load(Settings(data="chats", context=32)).test.inputs % card.tokens)
    before = engine.network(windows).detach().numpy()
    lora.load(engine.network, tmp_path / "tuned" / adapters.ADAPTER)
    assert np.allclose(engine.network(windows).detach().numpy(), expected, atol=1e-5)
    assert not np.allclose(before, expected, atol=1e-2)
    config = json.loads((tmp_path / "tuned" / adapters.ADAPTER / adapters.CONFIG).read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "base-pytorch"


def test_a_run_without_adapters_is_told(tmp_path, capsys):
    words = [*SMALL, "--data", "chats", "--rank", "0", "--runs", str(tmp_path), "--run", "whole"]
    workflows.finetune("pytorch", words)
    with pytest.raises(SystemExit):
        tuning.merge(["--runs", str(tmp_path), "--run", "whole"])
    assert "has no adapters" in capsys.readouterr().err


def test_a_smoke_run_without_transformers_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(tuning, "find_spec", lambda name: None)
    tuning.tune(["--smoke"])
    tuning.merge(["--smoke"])
    assert capsys.readouterr().out.count("transformers and peft not installed: pip install") == 2
