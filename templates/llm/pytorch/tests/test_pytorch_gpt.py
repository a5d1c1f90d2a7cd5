"""The GPT in PyTorch: what it sees, what its cache saves, what it takes of memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from your_project import memory, sampling
from your_project.data import IGNORED, Split
from your_project.engine import ModelCard
from your_project.pytorch.arrays import ArrayBatches
from your_project.pytorch.engine import PyTorchEngine
from your_project.pytorch.loop import Training
from your_project.pytorch.team import Team
from your_project.settings import Settings

SETTINGS = Settings(layers=2, heads=2, width=32, context=16, batch_size=6, device="cpu", precision="fp32")
CARD = ModelCard("gpt", 2, 2, 32, 16, 0.0, {}, 50, "mine", "pytorch")


def engine(settings=SETTINGS, **card):
    return PyTorchEngine(settings, replace(CARD, **card))


def tokens(rows=6, seed=0):
    return torch.randint(0, 50, (rows, 16), generator=torch.Generator().manual_seed(seed))


def test_no_token_sees_those_behind_it():
    network = engine().network.eval()
    first, second = tokens(), tokens()
    second[:, 9:] = tokens(seed=1)[:, 9:]
    with torch.inference_mode():
        one, other = network(first), network(second)
    assert torch.equal(one[:, :9], other[:, :9])
    assert not torch.allclose(one[:, 9:], other[:, 9:])


def test_positions_matter():
    network = engine().network.eval()
    turned = tokens().flip(1)
    with torch.inference_mode():
        assert not torch.allclose(network(tokens())[:, -1], network(turned.roll(1, 1))[:, -1], atol=1e-4)


def test_a_fresh_network_knows_nothing():
    made = engine()
    part = Split(
        tokens(200).numpy().astype(np.int32), tokens(200, 1).numpy().astype(np.int32), np.zeros(0), ""
    )
    assert made.losses(part).mean() == pytest.approx(np.log(50), abs=0.05)


def test_the_output_uses_the_matrix_of_the_input():
    made = engine()
    assert (
        made.parameters == memory.parameters(made.card) == sum(p.numel() for p in made.network.parameters())
    )
    assert not any("output" in name for name in made.network.state_dict())


@pytest.mark.parametrize("length", [10, 40])
def test_with_a_cache_the_same_tokens_come_with_fewer_operations(length):
    made, prompt = engine(), tokens()[0, :5].numpy()
    how, counted, found = sampling.Choice(temperature=1.0), {}, {}
    for cached in (True, False):
        with FlopCounterMode(display=False) as counter:
            reader = made.reader(cached=cached)
            found[cached] = list(sampling.written(reader, prompt, length, 16, how, seed=3))
        counted[cached] = counter.get_total_flops()
    assert found[True] == found[False]
    assert len(found[True]) == length
    assert counted[True] < 0.35 * counted[False]


def test_a_cache_gives_the_logits_of_the_whole():
    made, row = engine(), tokens(1)
    reader = made.reader()
    with torch.inference_mode():
        whole = made.network.eval()(row)[0].numpy()
    reader.read(row[0, :3].numpy())
    several = reader.read(row[0, 3:7].numpy())
    assert several == pytest.approx(whole[6], abs=1e-5)
    assert reader.read(row[0, 7:8].numpy()) == pytest.approx(whole[7], abs=1e-5)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_writing_does_not_drop_features(dropout):
    made, how = engine(dropout=dropout), sampling.Choice(temperature=0.0)
    made.network.train()
    with torch.inference_mode():  # what happens where the mode of training is forgotten
        assert torch.equal(made.network(tokens()), made.network(tokens())) == (not dropout)
    one, other = (list(sampling.written(made.reader(), np.array([1]), 10, 16, how, seed)) for seed in (0, 1))
    assert one == other


# --- the loss


def test_what_is_ignored_counts_for_nothing():
    made = engine()
    inputs, targets = tokens(), tokens(seed=1)
    masked = targets.clone()
    masked[:, :10] = IGNORED
    loss = made.loss_function()
    with torch.inference_mode():
        logits = made.network.eval()(inputs)
        expected = cross_entropy(logits[:, 10:].flatten(0, 1), targets[:, 10:].flatten())
        assert loss(logits, masked) == pytest.approx(expected.item())
    assert int(made.weight(masked)) == 36


def step(settings, targets):
    """Return the gradients and the loss of one batch."""
    made = engine(settings)
    made.network.train()
    batches = ArrayBatches(tokens(), targets, 6, Team(torch.device("cpu")))
    nowhere: Any = None  # no epoch is logged
    training = Training(
        network=made.network,
        sections=made.sections(),
        batches=batches,
        loss_function=made.loss_function(),
        evaluate=dict,
        placement=made.placement,
        team=batches.team,
        settings=settings,
        run=nowhere,
        weight=made.weight,
        parts=settings.accumulate,
    )
    loss = training.add_gradients(tokens(), targets, made.network, made.placement.scaler())
    return {name: p.grad for name, p in made.network.named_parameters()}, loss.item()


def test_a_batch_in_parts_gives_the_gradient_of_the_whole_also_where_parts_hold_unequally_much():
    targets = tokens(seed=1)
    targets[:3, 2:] = IGNORED  # the first half of the batch has little to learn
    whole, loss = step(SETTINGS, targets)
    parts, loss_of_parts = step(replace(SETTINGS, accumulate=3), targets)
    assert loss_of_parts == pytest.approx(loss, rel=1e-5)
    for name, gradient in whole.items():
        assert torch.allclose(parts[name], gradient, atol=1e-6), name


def test_computing_activations_again_changes_no_gradient():
    whole, _ = step(SETTINGS, tokens(seed=1))
    again, _ = step(replace(SETTINGS, recompute=True), tokens(seed=1))
    for name, gradient in whole.items():
        assert torch.allclose(again[name], gradient, atol=1e-6), name


# --- memory


def saved(made):
    """Return the bytes that PyTorch keeps for the way back of a batch."""
    network = made.network.train()
    own = {one.untyped_storage().data_ptr() for one in (*network.parameters(), *network.buffers())}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes(), tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), made.placement.autocast():
        loss = made.loss_function()(network(tokens()), tokens(seed=1))
    assert loss.isfinite()
    return sum(size for size, _ in kept.values())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_the_plan_is_what_pytorch_counts(precision, dropout):
    made = engine(replace(SETTINGS, precision=precision), dropout=dropout)
    plan = memory.plan(made.card, made.settings, precision, made.parameters)
    assert plan.weights == 4 * sum(p.numel() for p in made.network.parameters())
    assert plan.activations == pytest.approx(saved(made), rel=0.15 if dropout else 0.06)
    again = engine(replace(SETTINGS, precision=precision, recompute=True), dropout=dropout)
    assert saved(again) < saved(made) / 2
    assert memory.plan(again.card, again.settings, precision, again.parameters).activations < plan.activations
    parts = memory.plan(made.card, replace(SETTINGS, accumulate=3, precision="fp32"), "fp32", made.parameters)
    whole = memory.plan(made.card, replace(SETTINGS, precision="fp32"), "fp32", made.parameters)
    assert 3 * parts.activations == whole.activations


def test_processes_share_the_activations_and_the_device_s_memory_is_told(monkeypatch):
    made = engine(replace(SETTINGS, batch_size=6))
    one, two = (memory.plan(made.card, made.settings, "fp32", made.parameters, count) for count in (1, 2))
    assert (two.weights, 2 * two.activations) == (one.weights, one.activations)
    assert made.left() == pytest.approx(memory.available(), rel=0.5)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (5 * 10**9, 8 * 10**9))
    monkeypatch.setattr(made, "placement", replace(made.placement, device=torch.device("cuda:0")))
    assert one.words(made.left()).endswith("; 5.0 GB are there")


def test_the_optimiser_s_memory_is_planned():
    made = engine()
    optimiser = torch.optim.AdamW(made.network.parameters())
    made.loss_function()(made.network(tokens()), tokens(seed=1)).backward()
    optimiser.step()
    counted = sum(
        value.nbytes for state in optimiser.state.values() for value in state.values() if value.ndim
    )
    plan = memory.plan(made.card, made.settings, "fp32", made.parameters)
    assert (plan.optimiser, plan.gradients) == (counted, plan.weights)
