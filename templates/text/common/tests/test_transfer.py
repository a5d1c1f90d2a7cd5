"""Which network is adapted, and what is told where the one that was asked for cannot be had."""

from __future__ import annotations

import pytest

from your_project import data, pretrained, transfer
from your_project.errors import ProjectError
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
