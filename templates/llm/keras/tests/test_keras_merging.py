"""A fine-tuned GPT of Keras without adapters: the same logits, as a run of its own."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from your_project import bases, data, files, jobs, runs
from your_project.engine import ModelCard
from your_project.settings import Settings
from your_project.tfkeras import lora, merge
from your_project.tfkeras.engine import KerasEngine

SETTINGS = Settings(device="cpu", precision="fp32")
CARD = ModelCard("gpt", 1, 1, 16, 32, 0.0, {}, 50, "mine", "keras", 4, 8.0, 0.0, ("expand", "project"))


def finished(folder, name, card):
    """Leave a run as `finetune` does, whose adapters have learned something."""
    path = runs.begin(folder, name, "keras", "finetune")
    engine = KerasEngine(SETTINGS, card)
    for adapter in lora.of(engine.network).values():
        adapter.up.assign(np.random.default_rng(0).normal(size=adapter.up.shape))
    engine.save(path / engine.best)
    jobs.record(path, SETTINGS)
    files.write_json(path / "model.json", asdict(card))
    for kept in ("seen.npy", "history.jsonl"):
        (path / kept).write_bytes(b"")
    files.write_json(path / "metrics.json", {"finished": runs.now()})
    return engine


def test_a_merged_run_gives_the_same_logits(tmp_path, capsys):
    tuned = finished(tmp_path, "tuned", CARD)
    merge.main(["--run", "tuned", "--device", "cpu", "--runs", str(tmp_path)])
    run = runs.named(tmp_path, "tuned-merged")
    plain = KerasEngine(SETTINGS, bases.card_of_run(run))
    assert plain.card == replace(CARD, rank=0, alpha=0.0, targets=())
    plain.load(run.path / plain.best)
    tokens = np.random.default_rng(1).integers(0, 50, (4, 32)).astype(np.int32)
    part = data.Split(tokens, tokens, np.zeros(0, np.uint64))
    found, expected = plain.outputs(part), tuned.outputs(part)
    assert np.allclose(found, expected, atol=1e-5)
    for adapter in lora.of(tuned.network).values():
        adapter.up.assign(np.zeros(adapter.up.shape))
    assert not np.allclose(tuned.outputs(part), expected, atol=1e-2)  # they had done something


def test_a_run_without_adapters_is_told(tmp_path, capsys):
    finished(tmp_path, "whole", replace(CARD, rank=0, targets=()))
    with pytest.raises(SystemExit):
        merge.main(["--run", "whole", "--runs", str(tmp_path)])
    assert "has no adapters" in capsys.readouterr().err
