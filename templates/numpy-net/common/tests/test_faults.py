"""What often goes wrong in networks written by hand, each as tutorials have it, and how one notices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from net_cases import accuracy, fit, settings_of
from test_gradients import by_hand, network_for

from your_project import data
from your_project.by_hand import engine as numpy_engine
from your_project.by_hand.check import TOLERANCE, difference, numeric
from your_project.by_hand.network import Network, initial
from your_project.engine import card_of

XOR = settings_of(data="xor", hidden=2, activation="tanh")


class HiddenWeightsInPlaceOfTheHeads(Network):
    """Sends the error of the scores back through the hidden layer's weights.

    Where both layers have one shape, as in a 2-2-2 network, no error tells of it.
    """

    def backward(self, done, labels):
        right = self.weights
        try:
            self.weights = {**right, "head.weight": right["hidden.weight"]}
            return super().backward(done, labels)
        finally:
            self.weights = right


class HiddenWeightsForBothLayers(Network):
    """Takes the scores with the hidden layer's weights; those of the head, which it trains, go unused."""

    def forward(self, inputs):
        done = super().forward(inputs)
        scores = done.hidden @ self.weights["hidden.weight"] + self.weights["head.bias"]
        return replace(done, scores=scores)


def after_200_steps(kind, seed):
    """Return the loss on the four points after plain gradient descent, and the share that comes out right."""
    points = data.load(XOR).test
    card = card_of(data.load(XOR), XOR, "numpy")
    network = kind(card, initial(card, seed))
    for _ in range(200):
        gradients = network.backward(network.forward(points.inputs), points.labels)
        for name, value in network.weights.items():
            value -= 0.5 * gradients[name]
    done = network.forward(points.inputs)
    return done.loss(points.labels), float((done.scores.argmax(1) == points.labels).mean())


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        (HiddenWeightsInPlaceOfTheHeads, "hidden.weight", "head.weight"),
        (HiddenWeightsForBothLayers, "head.weight", "head.bias"),
    ],
)
def test_the_wrong_layers_weights_fail_the_gradient_check(kind, wrong, right):
    network, card, batch = network_for("xor", hidden=2)
    network.weights["hidden.bias"][...] = 0.3, -0.2  # at 0 the four points would balance each other
    faulty = kind(card, network.weights)
    slopes = numeric(faulty, batch.inputs, batch.labels)
    apart = {name: difference(value, slopes[name]) for name, value in by_hand(faulty, batch).items()}
    assert apart[wrong] > 1e5 * TOLERANCE
    assert apart[right] < TOLERANCE  # elsewhere the fault does not show


def test_the_wrong_layers_weights_score_worse():
    kinds = (Network, HiddenWeightsInPlaceOfTheHeads, HiddenWeightsForBothLayers)
    ended = {kind: np.array([after_200_steps(kind, seed) for seed in range(30)]) for kind in kinds}
    right, backward, forward = (ended[kind] for kind in kinds)
    assert (right[:, 1] == 1).sum() > 2 * (forward[:, 1] == 1).sum()  # how many seeds solve XOR
    # With the wrong weights on the way back it learns nevertheless, but slowly: the head comes to match them
    # (Lillicrap et al. 2016, https://doi.org/10.1038/ncomms13276). Only the gradient check tells for sure.
    assert np.median(backward[:, 0]) > 3 * np.median(right[:, 0])


def test_a_mean_of_signed_errors_is_zero_for_a_network_that_knows_nothing():
    truth, answers = np.array([0, 1, 1, 0]), np.full(4, 0.5)
    assert (truth - answers).mean() == 0.0  # "error: 0.0"
    assert np.abs(truth - answers).mean() == 0.5


def test_hidden_units_that_begin_alike_stay_alike(tmp_path, monkeypatch):
    settings = settings_of(hidden=16, epochs=5, precision="auto", batch_size=200)
    samples = data.load(settings)

    def alike(card, seed):
        return {name: np.full_like(value, 0.1) for name, value in initial(card, seed).items()}

    usual = accuracy(fit("numpy", tmp_path / "usual", samples, settings), samples.test)
    monkeypatch.setattr(numpy_engine, "initial", alike)
    engine = fit("numpy", tmp_path / "alike", samples, settings)
    units = engine.network.weights["hidden.weight"]
    assert np.ptp(units, axis=1).max() < 1e-3  # sixteen times the same unit
    assert accuracy(engine, samples.test) < 0.5 < 0.8 < usual


def test_zeros_learn_nothing_at_all():
    network, _, batch = network_for("digits")
    for value in network.weights.values():
        value[...] = 0
    gradients = by_hand(network, batch)
    assert not gradients["hidden.weight"].any()
    assert not gradients["head.weight"].any()


def test_units_at_their_limit_have_no_slope():
    network, card, batch = network_for("digits", "sigmoid", hidden=64)
    usual = np.abs(by_hand(network, batch)["hidden.weight"]).mean()
    # pixels from 0 to 16, not normalised, and weights from a normal distribution
    random = np.random.default_rng(0)
    network.mean, network.std = 0.0, 1.0
    network.weights["hidden.weight"][...] = random.normal(size=(card.features, card.hidden))
    hidden = network.forward(batch.inputs).hidden
    assert (np.minimum(hidden, 1 - hidden) < 1e-3).mean() > 0.8
    assert np.abs(by_hand(network, batch)["hidden.weight"]).mean() < usual / 2


def test_labels_that_are_numbers_do_not_fit_shares():
    network, _, batch = network_for("digits")
    shares = network.forward(batch.inputs).shares()
    with pytest.raises(ValueError, match=r"could not be broadcast together with shapes \(16,10\) \(16,\)"):
        shares - batch.labels
    silent = shares - batch.labels[:, None]  # fits, and takes the digit's number from all ten classes
    right = shares - np.eye(10)[batch.labels]
    assert silent.shape == right.shape
    assert np.abs(silent).max() > 5 > 1 >= np.abs(right).max()


def test_a_column_of_labels_makes_a_table_of_errors():
    predicted, truth = np.zeros(4), np.array([[0], [1], [1], [0]])
    assert (predicted - truth).shape == (4, 4)  # each prediction against each label


def test_softmax_as_it_is_defined_overflows():
    scores = np.array([1000.0, 0.0])
    with pytest.warns(RuntimeWarning, match="overflow encountered in exp|invalid value encountered"):
        shares = np.exp(scores) / np.exp(scores).sum()
    assert np.isnan(shares).any()
