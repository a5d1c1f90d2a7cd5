"""Quantised weights: near the true ones, a fraction of their size, frozen, and adapters learn beside them."""

import pytest
import torch
from torch import nn
from torch.nn.functional import linear

from your_project.adapters import LoRA
from your_project.errors import ProjectError
from your_project.pytorch import lora, quantised
from your_project.pytorch.quantised import BLOCK, NF4, Int8Linear, NF4Linear

torch.set_num_threads(1)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(64, 64), nn.Linear(64, 1)

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return nn.Linear(96, 33)  # 49.5 blocks: the last one is not full


def test_8_bits_are_off_by_half_a_step_at_most(layer):
    found = Int8Linear(layer)
    off = (found.dense(torch.float32) - layer.weight).abs()
    step = layer.weight.abs().amax(1, keepdim=True) / 127
    assert (off <= step / 2 * 1.001).all()
    assert off.max() > 0


def test_4_bits_take_the_nearest_of_16_values(layer):
    found = NF4Linear(layer)
    flat = layer.weight.detach().flatten()
    blocks = torch.cat([flat, torch.zeros(-len(flat) % BLOCK)]).view(-1, BLOCK)
    scale = blocks.abs().amax(1, keepdim=True)
    nearest = (blocks / scale)[..., None].sub(torch.tensor(NF4)).abs().argmin(-1)
    expected = (torch.tensor(NF4)[nearest] * scale).flatten()[: len(flat)].view_as(layer.weight)
    assert torch.equal(found.dense(torch.float32), expected)


@pytest.mark.parametrize(("kind", "most"), [(Int8Linear, 0.01), (NF4Linear, 0.12)])
def test_outputs_stay_near_the_true_ones(layer, kind, most):
    x = torch.randn(200, 96, generator=torch.Generator().manual_seed(1))
    expected = layer(x)
    off = (kind(layer)(x) - expected).square().mean().sqrt() / expected.square().mean().sqrt()
    assert 0 < off < most


@pytest.mark.parametrize("kind", [Int8Linear, NF4Linear])
def test_gradients_go_through_and_not_into_the_weights(layer, kind):
    found = kind(layer)
    x = torch.randn(3, 96, requires_grad=True)
    other = x.detach().clone().requires_grad_()
    found(x).square().sum().backward()
    linear(other, found.dense(torch.float32), layer.bias).square().sum().backward()
    assert x.grad is not None and other.grad is not None
    assert torch.allclose(x.grad, other.grad, atol=1e-6)
    assert not any(weights.requires_grad for weights in found.parameters())


def test_no_float_copy_is_kept_for_the_way_back(layer):
    found, kept = NF4Linear(layer), []

    def keep(one):
        kept.append(one.numel())
        return one

    x = torch.randn(3, 96, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one):
        found(x).sum()
    assert 96 * 33 not in kept


def test_autocast_decides_the_precision(layer):
    with torch.autocast("cpu", torch.bfloat16):
        assert Int8Linear(layer)(torch.randn(2, 96)).dtype == torch.bfloat16


@pytest.mark.parametrize(("bits", "share"), [(8, 0.27), (4, 0.15)])
def test_the_size_is_told_and_true(bits, share):
    model = nn.Sequential(nn.Linear(256, 256, bias=False), nn.Linear(256, 256, bias=False))
    saving = quantised.quantise(model, bits)
    assert saving.before == 2 * 256 * 256 * 4
    assert saving.after == quantised.size(model) < share * saving.before
    assert f"in {bits} bits" in saving.words()


def test_a_tied_layer_is_counted_once_and_stays():
    model = nn.Module()
    model.embedding, model.head = nn.Embedding(7, 4), nn.Linear(4, 7, bias=False)
    model.head.weight = model.embedding.weight
    saving = quantised.quantise(model, 8, without=("head",))
    assert saving.before == saving.after == 7 * 4 * 4
    assert type(model.head) is nn.Linear


def test_other_sizes_are_refused():
    with pytest.raises(ProjectError, match="in 4 or 8 bits, not in 2"):
        quantised.quantise(nn.Linear(2, 2), 2)


@pytest.mark.parametrize("bits", [8, 4])
def test_adapters_learn_beside_quantised_weights(bits):
    torch.manual_seed(0)
    model = Small()
    x, aim = torch.randn(64, 64), torch.randn(64, 1)
    quantised.quantise(model, bits)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    lora.add(model, LoRA(rank=4))
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
    first = (model(x) - aim).square().mean().item()
    for _ in range(40):
        loss = (model(x) - aim).square().mean()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    assert loss.item() < first / 2
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())
    with pytest.raises(ProjectError, match="merge into the weights as float32"):
        lora.merge(model)


@pytest.mark.filterwarnings("ignore")
def test_peft_takes_a_quantised_layer_for_a_linear_one():
    peft = pytest.importorskip("peft")
    model = nn.Sequential(nn.Linear(8, 8))
    quantised.quantise(model, 4)
    x = torch.randn(2, 8)
    before = model(x)
    wrapped = peft.get_peft_model(model, peft.LoraConfig(r=2, target_modules=["0"]))
    assert torch.allclose(wrapped(x), before)
    wrapped(x).sum().backward()
    assert {name.rsplit(".", 3)[-3] for name, p in wrapped.named_parameters() if p.grad is not None} == {
        *("lora_A", "lora_B")
    }
