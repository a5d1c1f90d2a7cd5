"""The networks of the PyTorch side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_cases import engine_for, settings_of

from your_project import data
from your_project.errors import ProjectError
from your_project.pytorch.model import Pieces, averaged, build
from your_project.training import card_of


@pytest.fixture(scope="module")
def adult() -> data.Data:
    return data.load(settings_of(data="adult", limit=400))


@pytest.mark.parametrize(("model", "members"), [("tabm", 4), ("mlp", 1), ("wide", 1)])
def test_members_in_training_their_mean_elsewhere(adult: data.Data, model: str, members: int) -> None:
    engine = engine_for(adult, settings_of(model=model))
    rows = engine.inputs(adult.test)[:7]
    assert engine.network.train()(rows).shape == (7, members, 2)
    engine.network.eval()
    with torch.no_grad():
        each = engine.network.members(rows)
        shares = torch.softmax(each, 2).mean(1)
        torch.testing.assert_close(torch.softmax(engine.network(rows), 1), shares)
    assert list(engine.sections())[-1] == "head"


def test_the_tutorials_network_ends_in_one_unit_with_a_sigmoid(adult: data.Data) -> None:
    engine = engine_for(adult, settings_of(model="wide"))
    shapes = [tuple(one.shape) for one in engine.network.head.parameters()]
    assert shapes == [(1, 1024, 1), (1, 1)]
    rows = engine.inputs(adult.test)[:9]
    with torch.no_grad():
        logits = engine.network.eval().members(rows)[:, 0]
    torch.testing.assert_close(torch.softmax(logits, 1)[:, 1], torch.sigmoid(logits[:, 1]))
    # what goes wrong: softmax over that unit, which has nothing to be shared with
    assert (torch.softmax(logits[:, 1:], 1) == 1).all()
    three = engine_for(data.load(settings_of()), settings_of(model="wide"))
    assert three.network.head.bias.shape == (1, 3)


def test_gaps_and_outliers_do_not_spread(adult: data.Data) -> None:
    for model in ("tabm", "mlp"):
        engine = engine_for(adult, settings_of(model=model))
        part = adult.test.take(slice(8))
        part.columns[:, : len(engine.card.numbers)] = np.array([[np.nan], [1e30]] * 4, np.float32)
        assert np.isfinite(engine.outputs(part)).all()


def test_pieces_are_how_far_a_number_has_come() -> None:
    from your_project.features import Feature

    layer = Pieces((Feature("a", "number", edges=(0.0, 1.0, 3.0)), Feature("b", "number", edges=(5.0, 6.0))))
    told = layer(torch.tensor([[2.0, 5.25], [-9.0, 99.0], [float("nan"), float("nan")]]))
    expected = [[1, 0.5, 0, 0.25, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 1]]
    torch.testing.assert_close(told, torch.tensor(expected, dtype=torch.float32))


def test_the_mean_of_equal_members_is_each_of_them() -> None:
    logits = torch.randn(5, 1, 3)
    torch.testing.assert_close(averaged(logits.expand(-1, 4, -1)), torch.log_softmax(logits[:, 0], 1))


def test_a_table_of_categories_alone(adult: data.Data) -> None:
    settings = settings_of(model="mlp")
    card = card_of(adult, settings, "pytorch")
    network = build(replace(card, features=card.categories)).eval()
    assert network(torch.zeros(3, len(card.categories))).shape == (3, 2)
    with pytest.raises(ProjectError, match="there is no network 'deep'"):
        build(replace(card, model="deep"))


def test_balance_makes_errors_in_rare_classes_count_more(adult: data.Data) -> None:
    engine = engine_for(adult, settings_of(data="adult", balance=True))
    rare = torch.zeros(2, 4, 2)  # sure of nothing
    loss = engine.loss_function()
    plain = engine_for(adult, settings_of(data="adult")).loss_function()
    counts = np.array(engine.card.counts)
    assert float(loss(rare, torch.tensor([1, 1]))) == pytest.approx(
        float(plain(rare, torch.tensor([1, 1]))) * counts.sum() / (2 * counts[1]), rel=1e-5
    )
