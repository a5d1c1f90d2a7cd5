"""The GPT in Keras: what it sees and learns."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from your_project import memory, sampling
from your_project.data import IGNORED, Split
from your_project.engine import ModelCard
from your_project.settings import Settings
from your_project.tfkeras import lora, model
from your_project.tfkeras.engine import KerasEngine, MeanTokenLoss, TokenLoss

SETTINGS = Settings(layers=2, heads=2, width=32, context=16, device="cpu", precision="fp32")
CARD = ModelCard("gpt", 2, 2, 32, 16, 0.0, {}, 50, "mine", "keras")


@pytest.fixture(scope="module")
def made():
    return KerasEngine(SETTINGS, CARD)


def tokens(rows=6, seed=0):
    return np.random.default_rng(seed).integers(0, 50, (rows, 16)).astype(np.int32)


def split(inputs, targets):
    return Split(inputs, targets, np.zeros(0, np.uint64), "mine")


def test_no_token_sees_those_behind_it(made):
    first, second = tokens(), tokens()
    second[:, 9:] = tokens(seed=1)[:, 9:]
    one, other = (made.outputs(split(rows, rows)) for rows in (first, second))
    assert np.allclose(one[:, :9], other[:, :9], atol=1e-6)
    assert not np.allclose(one[:, 9:], other[:, 9:], atol=1e-3)


def test_without_the_causal_mask_each_token_sees_those_behind_it(monkeypatch):
    """The answer stands in the input then: a loss near 0 is no success but a hole."""
    masked = model.mixed

    def unmasked(query, key, value, allowed, dropped):
        return masked(query, key, value, keras.ops.ones_like(allowed), dropped)

    monkeypatch.setattr(model, "mixed", unmasked)
    broken = KerasEngine(SETTINGS, CARD)
    first, second = tokens(), tokens()
    second[:, 9:] = tokens(seed=1)[:, 9:]
    one, other = (broken.outputs(split(rows, rows)) for rows in (first, second))
    assert not np.allclose(one[:, :9], other[:, :9], atol=1e-4)


def test_a_fresh_network_knows_nothing_and_holds_what_the_plan_says(made):
    part = split(tokens(100), tokens(100, 1))
    assert made.losses(part).mean() == pytest.approx(np.log(50), abs=0.05)
    assert made.parameters == memory.parameters(CARD)
    sections = made.sections()
    assert list(sections) == ["embedding", "block1", "block2", "head"]
    held = [weight.path for layers in sections.values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(weight.path for weight in made.network.trainable_variables)


def test_what_is_ignored_counts_for_nothing(made):
    inputs, targets = tokens(), tokens(seed=1)
    masked = targets.copy()
    masked[:, :10] = IGNORED
    masked[0] = IGNORED  # a window with nothing to learn at all
    logits = made.outputs(split(inputs, masked))
    expected = made.losses(split(inputs, targets))[1:, 10:].mean()
    assert float(MeanTokenLoss()(masked, logits)) == pytest.approx(expected, rel=1e-5)
    metric = TokenLoss()
    for rows in (slice(0, 1), slice(1, 2), slice(2, 6)):  # batches that hold unequally much
        metric.update_state(masked[rows], logits[rows])
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


@pytest.fixture(scope="module")
def adapted():
    """A network with adapters that have learned something."""
    card = replace(CARD, rank=4, alpha=8.0, targets=("query_key_value", "contract"))
    network = KerasEngine(SETTINGS, card)
    for adapter in lora.of(network.network).values():
        adapter.up.assign(np.random.default_rng(0).normal(size=adapter.up.shape))
    return network


@pytest.mark.parametrize("which", ["made", "adapted"])
def test_a_cache_gives_the_logits_of_the_whole(which, request):
    made, row = request.getfixturevalue(which), tokens(1)
    whole, reader = made.outputs(split(row, row))[0], made.reader()
    for _ in range(2):
        assert reader.read(row[0, :3]) == pytest.approx(whole[2], abs=1e-5)
        assert reader.read(row[0, 3:7]) == pytest.approx(whole[6], abs=1e-5)  # several at once
        assert reader.read(row[0, 7:8]) == pytest.approx(whole[7], abs=1e-5)
        reader.forget()


def test_with_a_cache_the_same_tokens_come(made, adapted):
    how, prompt = sampling.Choice(temperature=1.0), tokens(1)[0, :5]
    for one in (made, adapted):
        # more of them than the context holds, so that its later half is read anew
        found, expected = (
            list(sampling.written(one.reader(cached=cached), prompt, 24, 16, how, seed=3))
            for cached in (True, False)
        )
        assert found == expected
        assert len(set(found)) > 5


def test_dropout_works_in_training_only():
    made = KerasEngine(SETTINGS, replace(CARD, dropout=0.5))
    one, other = (keras.ops.convert_to_numpy(made.network(tokens(), training=True)) for _ in range(2))
    assert not np.allclose(one, other)
    part = split(tokens(), tokens())
    assert np.array_equal(made.outputs(part), made.outputs(part))


def test_no_two_layers_drop_the_same_places():
    card = replace(CARD, dropout=0.5, rank=2, alpha=2.0, adapter_dropout=0.5)
    layers = KerasEngine(SETTINGS, card).network._flatten_layers()
    drops = [layer for layer in layers if isinstance(layer, keras.layers.Dropout)]
    ones = keras.ops.ones((4, 4, 16))
    masks = {keras.ops.convert_to_numpy(drop(ones, training=True)).tobytes() for drop in drops}
    # of the embedding; in each of two blocks of attention, of what each half adds, and of four adapters
    assert len(masks) == len(drops) == 1 + 2 * (1 + 2 + 4)
