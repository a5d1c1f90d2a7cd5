"""The derivatives that are written by hand are those of the loss."""

from __future__ import annotations

import numpy as np
import pytest
from net_cases import OTHERS, each_other, settings_of

from your_project import data
from your_project.by_hand import comparison
from your_project.by_hand.check import TOLERANCE, difference, numeric
from your_project.by_hand.network import Network, Pass, initial
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.program import Request

#: in float64; Keras' Rescaling holds its two numbers in float32
EQUAL = {"pytorch": 1e-12, "keras": 1e-7}


def network_for(name, activation="tanh", hidden=12, seed=0):
    settings = settings_of(data=name, activation=activation, hidden=hidden, seed=seed)
    samples = data.load(settings)
    card = card_of(samples, settings, "numpy")
    return Network(card, initial(card, seed)), card, samples.train.take(slice(16))


def by_hand(network, batch):
    return network.backward(network.forward(batch.inputs), batch.labels)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("name", ["digits", "xor"])
def test_each_derivative_is_the_slope_of_the_loss(name, activation):
    network, _, batch = network_for(name, activation)
    before = {key: value.copy() for key, value in network.weights.items()}
    slopes, own = numeric(network, batch.inputs, batch.labels), by_hand(network, batch)
    assert list(slopes) == list(own) == list(network.weights)
    for key, value in own.items():
        assert value.shape == network.weights[key].shape
        assert np.isfinite(slopes[key]).mean() > 0.9  # the others have a corner of ReLU in between
        assert difference(value, slopes[key]) < TOLERANCE
        np.testing.assert_array_equal(network.weights[key], before[key])


@pytest.mark.parametrize("key", ["hidden.weight", "hidden.bias", "head.weight", "head.bias"])
def test_a_derivative_that_is_one_percent_off_is_found(key):
    network, _, batch = network_for("digits")
    slopes = numeric(network, batch.inputs, batch.labels)
    assert difference(1.01 * by_hand(network, batch)[key], slopes[key]) > 1000 * TOLERANCE


@each_other
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_frameworks_find_the_same_derivatives(framework, activation):
    network, card, batch = network_for("digits", activation)
    found = comparison.frameworks()[framework](card, network.weights, batch.inputs, batch.labels)
    for key, value in by_hand(network, batch).items():
        assert found[key].dtype == np.float64
        assert difference(value, found[key]) < EQUAL[framework]


def test_the_program_prints_a_column_for_each_framework(capsys):
    comparison.work(Request("numpy", settings_of(hidden=5), {}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("two layers (64-5-10, tanh)")
    assert lines[3].split() == ["weights", "shape", "largest", "numeric", *OTHERS]
    assert [line.split()[:2] for line in lines[4:8]] == [
        ["hidden.weight", "64x5"], ["hidden.bias", "5"], ["head.weight", "5x10"], ["head.bias", "10"]
    ]  # fmt: skip
    assert lines[-1] == "all differences are below 1e-06: the derivatives are right"


def test_the_program_refuses_wrong_derivatives(monkeypatch):
    right = Network.backward
    monkeypatch.setattr(
        Network, "backward", lambda self, *given: {k: 2 * v for k, v in right(self, *given).items()}
    )
    with pytest.raises(ProjectError, match="differ from numeric"):
        comparison.work(Request("numpy", settings_of(hidden=3), {}))


def test_it_computes_in_the_precision_of_its_weights():
    network, _, batch = network_for("digits")
    network.weights = {key: value.astype(np.float32) for key, value in network.weights.items()}
    done = network.forward(batch.inputs)
    assert {done.sums.dtype, done.hidden.dtype, done.scores.dtype, done.shares().dtype} == {
        np.dtype("float32")
    }
    assert {value.dtype for value in by_hand(network, batch).values()} == {np.dtype("float32")}


def test_large_scores_overflow_in_neither_softmax_nor_loss():
    scores = np.array([[1000.0, 0.0], [-1000.0, 0.0]])
    empty = np.zeros((2, 1))
    done = Pass(empty, empty, empty, scores)
    np.testing.assert_array_equal(done.shares(), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(done.losses(np.array([0, 0])), [0, 1000])
