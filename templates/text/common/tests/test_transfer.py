"""Which network is adapted, and what is told where the one that was asked for cannot be had."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from your_project import data, jobs, pretrained, runs, transfer
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.files import write_json
from your_project.program import Request
from your_project.settings import Settings


def test_without_minilm_nothing_takes_its_place_unasked(monkeypatch):
    def absent(files, cache):
        raise ProjectError("it cannot be downloaded")

    monkeypatch.setattr(pretrained, "obtain_all", absent)
    with pytest.raises(ProjectError, match=r"^it cannot be downloaded; --encoder none takes .*\Z"):
        transfer.start(Request("any", Settings(), {}))


def test_a_head_that_knows_its_classes_needs_no_stage_of_its_own():
    settings = Settings(tune_epochs=2, head_epochs=1)
    assert [(stage.name, stage.epochs) for stage in transfer.adaptation(settings)] == [
        ("head", 1),
        ("all layers", 2),
    ]
    (stage,) = transfer.adaptation(settings, head_knows=True)
    assert (stage.name, stage.epochs) == ("all layers", 3)


def test_how_few_texts_suit_the_network():
    texts = data.load(Settings(data="products-en"))
    counts = {model: len(transfer.few_of(texts, Settings(), model).train) for model in ("rnn", "minilm")}
    assert counts == {"rnn": 100, "minilm": 300}
    assert len(transfer.few_of(texts, Settings(shots=7), "minilm").train) == 14
    assert len(transfer.few_of(texts, Settings(shots=0), "minilm").train) == len(texts.train)


def test_training_longer_on_the_same_texts_is_no_fine_tuning(tmp_path):
    settings = Settings(data="products-en")
    texts = data.load(settings)
    path = runs.begin(tmp_path, "mine", "any", "train")
    jobs.record(path, settings)
    write_json(path / "model.json", asdict(card_of(texts, settings, "any")))
    with pytest.raises(ProjectError, match="was trained on products-en itself: give other"):
        transfer.from_run(Request("any", settings, {}), runs.read(path), texts)
