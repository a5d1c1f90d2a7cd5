"""Learning rates over sections and steps, and what decays."""

import pytest
from torch import nn

from your_project.pytorch.optimiser import (
    freeze,
    make_optimiser,
    schedule,
    set_rates,
    shares,
)
from your_project.stages import Stage


def stage(learning_rate=1e-2, body=1.0, layer_decay=1.0):
    return Stage("train", 1, learning_rate, body, layer_decay)


def sections():
    return {
        "stem": nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2)),
        "stage1": nn.Conv2d(2, 2, 3),
        "head": nn.Linear(2, 2),
    }


def test_rates_fall_towards_the_input():
    names = ["stem", "stage1", "stage2", "head"]
    assert shares(names, stage(body=0.5, layer_decay=0.5)) == dict(
        zip(names, (0.125, 0.25, 0.5, 1.0), strict=True)
    )
    assert shares(names, stage()) == dict.fromkeys(names, 1.0)
    assert shares(names, stage(body=0.0)) == dict(zip(names, (0.0, 0.0, 0.0, 1.0), strict=True))
    assert shares(names, stage(layer_decay=0.0)) == dict(zip(names, (0.0, 0.0, 1.0, 1.0), strict=True))


def test_only_weights_decay_and_each_section_has_its_rate():
    parts = sections()
    optimiser = make_optimiser(parts, stage(1.0, body=0.5, layer_decay=0.5), weight_decay=0.1)
    groups = {
        tuple(id(p) for p in group["params"]): (group["weight_decay"], group["peak"])
        for group in optimiser.param_groups
    }
    convolution, normalisation = parts["stem"]
    assert groups == {
        (id(convolution.weight),): (0.1, 0.25),
        (id(normalisation.weight), id(normalisation.bias)): (0.0, 0.25),
        (id(parts["stage1"].weight),): (0.1, 0.5),
        (id(parts["stage1"].bias),): (0.0, 0.5),
        (id(parts["head"].weight),): (0.1, 1.0),
        (id(parts["head"].bias),): (0.0, 1.0),
    }
    set_rates(optimiser, 0.1)
    assert sorted({group["lr"] for group in optimiser.param_groups}) == pytest.approx([0.025, 0.05, 0.1])


def test_freezing_and_thawing():
    parts = sections()
    held = freeze(parts, stage(body=0.0))
    assert held == [parts["stem"][1]]  # the normalisation: dropout goes on
    assert [p.requires_grad for part in parts.values() for p in part.parameters()] == [False] * 5 + [True] * 2
    assert len(make_optimiser(parts, stage(body=0.0), 0.1).param_groups) == 2
    assert freeze(parts, stage()) == []
    assert all(p.requires_grad for part in parts.values() for p in part.parameters())


def test_the_schedule_rises_then_falls_to_zero():
    shares = [schedule(step, 100, 0.1) for step in range(100)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[9] == shares[10] == 1.0
    assert shares[55] == pytest.approx(0.5)
    assert shares[10:] == sorted(shares[10:], reverse=True)
    assert 0 < shares[-1] < 0.001
    assert schedule(0, 1, 0.0) == 1.0  # a run of one step
