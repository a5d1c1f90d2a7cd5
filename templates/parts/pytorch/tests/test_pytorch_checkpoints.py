"""Files of weights and states: what comes back, and what is refused."""

import pytest
import torch
from torch import nn

from your_project.errors import ProjectError
from your_project.pytorch.checkpoints import (
    load_state,
    load_weights,
    save_state,
    save_weights,
)


def network(outputs=3):
    layers = {"body": nn.Conv2d(1, 4, 3), "norm": nn.BatchNorm2d(4), "head": nn.Linear(4, outputs)}
    built = nn.ModuleDict(layers)
    return built.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def state_of(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_weights_come_back_and_no_draft_is_left(tmp_path):
    first, second = network(), network()
    first["norm"].running_mean.fill_(7)
    save_weights(first, tmp_path / "best.safetensors")
    load_weights(second, tmp_path / "best.safetensors")
    assert same(state_of(first), state_of(second))
    assert [file.name for file in tmp_path.iterdir()] == ["best.safetensors"]


def test_weights_without_the_head_fit_other_classes(tmp_path):
    first, second = network(3), network(5)
    fresh = second["head"].weight.clone()
    save_weights(first, tmp_path / "best.safetensors")
    load_weights(second, tmp_path / "best.safetensors", without="head.")
    assert torch.equal(second["body"].weight, first["body"].weight)
    assert torch.equal(second["head"].weight, fresh)


def test_weights_of_another_network_are_refused_and_change_nothing(tmp_path):
    file = tmp_path / "best.safetensors"
    save_weights(network(3), file)
    other = network(5)
    before = state_of(other)
    with pytest.raises(
        ProjectError, match=r"belongs to another network: head.weight is \(3, 4\), not \(5, 4\)"
    ):
        load_weights(other, file)
    with pytest.raises(ProjectError, match=r"weight is missing; bias is missing; .* is unknown"):
        load_weights(nn.Linear(1, 1), file)
    assert same(before, state_of(other))


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\xff" * 100])
def test_damaged_files_are_one_clear_error(tmp_path, content):
    for name, load in (
        ("best.safetensors", lambda file: load_weights(network(), file)),
        ("last.pt", load_state),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(ProjectError, match=f"{name} cannot be read as"):
            load(file)


def test_half_a_file_is_one_clear_error(tmp_path):
    save_weights(network(), tmp_path / "best.safetensors")
    save_state(network().state_dict(), tmp_path / "last.pt")
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ProjectError, match="cannot be read as weights"):
        load_weights(network(), tmp_path / "best.safetensors")
    with pytest.raises(ProjectError, match="cannot be read as the state of a run"):
        load_state(tmp_path / "last.pt")


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(ProjectError, match="cannot be read as weights"):
        load_weights(network(), tmp_path / "best.safetensors")


class Bomb:
    """An object whose unpickling would run code."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('the code in the file was run')",))


def test_code_in_a_state_is_never_run(tmp_path):
    torch.save({"network": Bomb()}, tmp_path / "last.pt")
    with pytest.raises(ProjectError, match="cannot be read as the state of a run"):
        load_state(tmp_path / "last.pt")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    file = tmp_path / "last.pt"
    save_state({"epoch": 1}, file)
    with pytest.raises((AttributeError, TypeError, RuntimeError)):
        save_state({"epoch": lambda: 2}, file)  # a function cannot be stored
    assert load_state(file) == {"epoch": 1}
    assert [f.name for f in tmp_path.iterdir()] == ["last.pt"]
