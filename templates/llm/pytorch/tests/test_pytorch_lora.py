"""LoRA: begins as the base, learns nothing but the adapters, ends in the weights or in peft's files."""

import copy

import pytest
import torch
from torch import nn

from your_project import adapters
from your_project.adapters import LoRA
from your_project.errors import ProjectError
from your_project.pytorch import lora

torch.set_num_threads(1)


class Block(nn.Module):
    """A network with layers of the same name in several places, as transformers have."""

    def __init__(self):
        super().__init__()
        self.expand, self.contract = nn.Linear(6, 12), nn.Linear(12, 6, bias=False)

    def forward(self, x):
        return x + self.contract(torch.relu(self.expand(x)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(), Block())
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        return self.head(self.blocks(x))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Network()


@pytest.fixture
def inputs():
    return torch.randn(5, 6, generator=torch.Generator().manual_seed(1))


def trained(network, inputs, steps=5):
    """Take a few steps towards outputs of 1."""
    optimiser = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.05)
    for _ in range(steps):
        (network(inputs) - 1).square().mean().backward()
        optimiser.step()
        optimiser.zero_grad()
    return network


def test_a_network_begins_as_it_was(network, inputs):
    before = network(inputs)
    lora.add(network, LoRA(rank=2, dropout=0.5))
    assert torch.equal(network.train()(inputs), before)
    assert list(lora.of(network)) == [f"blocks.{n}.{name}" for n in (0, 1) for name in ("expand", "contract")]


def test_only_the_adapters_learn(network, inputs):
    lora.add(network, LoRA(rank=2))
    before = copy.deepcopy(network.state_dict())
    trained(network, inputs)
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {name for name in before if name.startswith("adapters.")}


def test_what_learns_is_rank_times_the_sides(network):
    lora.add(network, LoRA(rank=2, targets=("expand",)))
    assert sum(p.numel() for p in network.parameters() if p.requires_grad) == 2 * 2 * (6 + 12)


def test_the_weights_of_the_plain_network_keep_their_names(network):
    plain = set(network.state_dict())
    lora.add(network, LoRA())
    assert {name for name in network.state_dict() if not name.startswith("adapters.")} == plain


def test_body_and_adapters_share_no_weight(network):
    lora.add(network, LoRA())
    body = {id(p) for p in lora.body(network).parameters()}
    own = {id(p) for p in network.adapters.parameters()}
    assert not body & own
    assert body | own == {id(p) for p in network.parameters()}


def test_merging_changes_no_output(network, inputs):
    lora.add(network, LoRA(rank=2, alpha=7))
    expected = trained(network, inputs).eval()(inputs)
    lora.merge(network)
    assert isinstance(network.blocks[0].expand, nn.Linear)
    assert not lora.of(network)
    assert torch.allclose(network(inputs), expected, atol=1e-5)


def test_a_merged_copy_leaves_the_network_as_it_is(network, inputs):
    lora.add(network, LoRA(rank=2))
    expected, before = trained(network, inputs)(inputs), copy.deepcopy(network.state_dict())
    assert torch.allclose(lora.merged(network)(inputs), expected, atol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert torch.equal(network(inputs), expected)


def test_a_copy_has_adapters_of_its_own(network, inputs):
    lora.add(network, LoRA(rank=2))
    expected = trained(network, inputs)(inputs)
    other = copy.deepcopy(network)
    trained(other, inputs)
    assert torch.equal(network(inputs), expected)
    assert not torch.equal(other(inputs), expected)


def test_without_adapters_the_base_is_back(network, inputs):
    before = network(inputs)
    lora.add(network, LoRA(rank=2))
    trained(network, inputs)
    lora.remove(network)
    assert torch.equal(network(inputs), before)


def test_adapters_are_kept_alone(network, inputs, tmp_path):
    base = copy.deepcopy(network)
    lora.add(network, LoRA(rank=2, alpha=3))
    expected = trained(network, inputs)(inputs)
    lora.save(network, LoRA(rank=2, alpha=3), tmp_path, "a base")
    assert lora.load(base, tmp_path).scale == 1.5
    assert torch.equal(base(inputs), expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == [adapters.CONFIG, adapters.WEIGHTS]


def test_they_do_not_fit_another_network(network, tmp_path):
    lora.add(network, LoRA(rank=2))
    lora.save(network, LoRA(rank=2), tmp_path, "a base")
    with pytest.raises(ProjectError, match="it has no layer blocks"):
        lora.load(nn.Sequential(nn.Linear(3, 3)), tmp_path)


def test_a_target_that_is_not_there_is_told(network):
    with pytest.raises(ProjectError, match="no linear layer is called q_proj; there are contract,"):
        lora.add(network, LoRA(targets=("q_proj",)))


def test_adapters_are_not_added_to_rounded_weights(network, inputs):
    network.to(torch.bfloat16)
    lora.add(network, LoRA(rank=2))
    assert {p.dtype for p in network.adapters.parameters()} == {torch.float32}
    assert network(inputs.bfloat16()).dtype == torch.bfloat16
    with pytest.raises(ProjectError, match="merge into the weights as float32"):
        lora.merge(network)


def llama():
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2
    )
    return transformers.LlamaForCausalLM(config).eval()


@pytest.mark.filterwarnings("ignore")
def test_peft_loads_what_was_written_and_computes_the_same(tmp_path):
    peft = pytest.importorskip("peft")
    tokens = torch.arange(12).reshape(2, 6)
    ours, theirs = llama(), llama()
    shape = LoRA(rank=3, alpha=5, targets=("q_proj", "v_proj", "down_proj"))
    lora.add(ours, shape)
    for adapter in lora.of(ours).values():
        nn.init.normal_(adapter.up)
    lora.save(ours, shape, tmp_path, "a base")
    theirs = peft.PeftModel.from_pretrained(theirs, str(tmp_path))
    with torch.no_grad():
        expected, base = ours(tokens).logits, llama()(tokens).logits
        assert (expected - base).abs().max() > 0.01
        assert torch.allclose(theirs(tokens).logits, expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_what_peft_writes_is_read(tmp_path):
    peft = pytest.importorskip("peft")
    tokens = torch.arange(12).reshape(2, 6)
    config = peft.LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj"], init_lora_weights=False)
    theirs = peft.get_peft_model(llama(), config)
    theirs.save_pretrained(str(tmp_path))
    ours = llama()
    lora.load(ours, tmp_path)
    with torch.no_grad():
        assert torch.allclose(ours(tokens).logits, theirs(tokens).logits, atol=1e-5)
