"""The networks: padding changes nothing, they learn, and BERT is BERT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from encoder_cases import minilm, tiny_bert
from pytorch_cases import accuracy, engine_for, fit, settings_of, texts_of

from your_project import pretrained
from your_project.engine import card_of
from your_project.pytorch import model as classifier
from your_project.pytorch.model import Classifier, turned

MODELS = [("rnn", "gru"), ("rnn", "lstm"), ("transformer", "gru")]


@pytest.fixture(scope="module")
def texts():
    return texts_of(settings_of())


def network(texts, model, cell):
    torch.manual_seed(0)
    made = engine_for(texts, settings_of(model=model, cell=cell, heads=2)).network.eval()
    torch.nn.init.normal_(made.head.weight)  # the head begins so small that all texts look alike
    return made


@pytest.mark.parametrize(("model", "cell"), MODELS)
@torch.inference_mode()
def test_padding_changes_nothing(texts, model, cell):
    made = network(texts, model, cell)
    tokens = torch.tensor([[5, 6, 7, 0, 0], [8, 9, 3, 4, 2]])
    wide = torch.cat([tokens, torch.zeros(2, 12, dtype=torch.long)], 1)
    torch.testing.assert_close(made(wide), made(tokens), rtol=0, atol=1e-5)
    torch.testing.assert_close(made(tokens[:1, :3]), made(tokens)[:1], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("model", "cell"), MODELS)
@torch.inference_mode()
def test_without_a_mask_padding_changes_the_answer(texts, model, cell, monkeypatch):
    """What often goes wrong: the mean, or the last state, of a padded text is mostly one of padding."""
    made = network(texts, model, cell)
    monkeypatch.setattr(classifier, "mean_of_tokens", lambda x, tokens: x.mean(1))
    tokens = torch.tensor([[5, 6, 7]])
    wide = torch.cat([tokens, torch.zeros(1, 21, dtype=torch.long)], 1)
    assert (made(wide) - made(tokens)).abs().max() > 0.05


def test_texts_are_turned_and_their_padding_is_not():
    tokens = torch.tensor([[5, 6, 7, 0, 0], [1, 2, 3, 4, 5], [9, 0, 0, 0, 0]])
    assert turned(tokens).tolist() == [[7, 6, 5, 0, 0], [5, 4, 3, 2, 1], [9, 0, 0, 0, 0]]


@pytest.mark.parametrize(("model", "cell"), MODELS)
def test_at_first_all_classes_are_equally_likely(texts, model, cell):
    made = engine_for(texts, settings_of(model=model, cell=cell))
    assert np.abs(made.outputs(texts.validation)).max() < 0.2
    sections = list(made.sections())
    assert sections[0] == "embedding" and sections[-1] == "head"
    learned = [p for section in made.sections().values() for p in section.parameters()]
    assert len(learned) == len(list(made.network.parameters()))  # no weight is forgotten


@pytest.mark.parametrize(("model", "cell"), MODELS)
def test_a_few_texts_can_be_learnt_by_heart(texts, tmp_path, model, cell):
    few = texts.few(8, seed=0)
    few = replace(few, validation=few.train)
    changes = {"model": model, "cell": cell, "dropout": 0.0, "epochs": 60, "batch_size": 8, "patience": 0}
    made, _ = fit(tmp_path, few, settings_of(**changes, learning_rate=5e-3))
    assert accuracy(made, few.train) == 1.0


def test_batches_are_as_long_as_their_longest_text(texts):
    from your_project.pytorch.team import gathered

    engine = engine_for(texts, settings_of(length=128))
    with gathered(torch.device("cpu")) as team:
        batches = list(engine.batches(texts, team)(torch.Generator().manual_seed(0)))
    assert all((tokens != 0).any(0).all() for tokens, _ in batches)
    computed = sum(tokens.numel() for tokens, _ in batches)
    assert computed < 0.6 * sum(128 * len(tokens) for tokens, _ in batches)  # of one long length for all


# --- BERT


def compared_with_transformers(folder, rows):
    transformers = pytest.importorskip("transformers")
    settings = settings_of(model="minilm", encoder=str(folder), length=rows.shape[1])
    encoder = pretrained.open_encoder(settings)
    card = card_of(texts_of(settings), settings, "pytorch")
    made: Any = Classifier(card).eval()
    made.body.adopt(pretrained.read_weights(encoder))
    theirs = transformers.AutoModel.from_pretrained(str(folder)).eval()
    with torch.inference_mode():
        there = (rows != 0).long()
        expected = theirs(input_ids=rows, attention_mask=there).last_hidden_state
        found = made.body(rows)
    # what is computed for padding is of no use, and differs
    torch.testing.assert_close(found[rows != 0], expected[rows != 0], rtol=0, atol=1e-4)


def test_hidden_states_are_those_of_transformers(tmp_path):
    rows = torch.tensor([[2, 5, 6, 7, 8, 3, 0, 0], [2, 9, 10, 3, 0, 0, 0, 0], [2, 5, 6, 7, 8, 9, 10, 3]])
    compared_with_transformers(tiny_bert(tmp_path / "bert"), rows)


@pytest.mark.slow
def test_hidden_states_of_minilm_are_those_of_transformers(tmp_path):
    rows = torch.tensor([[101, 2023, 2003, 1037, 2204, 3185, 102, 0, 0], [101, 9643, 102, 0, 0, 0, 0, 0, 0]])
    compared_with_transformers(minilm(tmp_path), rows)
