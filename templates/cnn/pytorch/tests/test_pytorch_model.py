"""The networks: shapes, initial weights, normalisation, sections."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import your_project
from your_project.engine import ModelCard
from your_project.errors import ProjectError
from your_project.pytorch.model import Residual, build


def card(model="resnet", shape=(28, 28, 1), classes=10, width=8):
    channels = shape[2]
    names = tuple(str(number) for number in range(classes))
    return ModelCard(model, width, 0.0, shape, names, (100.0,) * channels, (50.0,) * channels, "pytorch")


def pictures(shape, count=3):
    height, width, channels = shape
    random = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8, generator=random)


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (17, 40, 3)])
@pytest.mark.parametrize("model", ["resnet", "lenet"])
def test_all_sizes_and_colours(model, shape):
    network = build(card(model, shape))
    logits = network(pictures(shape))
    assert logits.shape == (3, 10)
    assert logits.dtype == torch.float32
    logits.sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.head.parameters())


@pytest.mark.parametrize("model", ["resnet", "lenet"])
def test_gradients_reach_every_weight(model):
    network = build(card(model))
    logits = network(pictures((28, 28, 1), 16))
    torch.nn.functional.cross_entropy(logits, torch.arange(16) % 10).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.any(), name


def test_sections_hold_all_that_learns_once():
    for model, names in (
        ("resnet", ["stem", "stage1", "stage2", "stage3", "head"]),
        ("lenet", ["conv1", "conv2", "fc", "head"]),
    ):
        network = build(card(model))
        assert list(network.sections()) == names
        in_sections = [id(p) for section in network.sections().values() for p in section.parameters()]
        assert sorted(in_sections) == sorted(id(p) for p in network.parameters())


def test_sizes_are_those_of_the_papers():
    def count(network):
        return sum(p.numel() for p in network.parameters())

    # LeNet-5 on 28x28 as every tutorial counts it: 156 + 2416 + 48120 + 10164 + 850
    assert count(build(card("lenet"))) == 61_706
    w = 8
    blocks = [(w, w, False), (w, 2 * w, True), (2 * w, 4 * w, True)]
    convolutions = 9 * w + sum(9 * i * o + 9 * o * o + (i * o if skip else 0) for i, o, skip in blocks)
    normalisations = 2 * w + sum(2 * o * (3 if skip else 2) for _, o, skip in blocks)
    assert count(build(card("resnet"))) == convolutions + normalisations + 4 * w * 10 + 10


def test_initial_weights():
    torch.manual_seed(0)
    network = build(card("resnet", width=32))
    convolution = network.get_parameter("body.stage2.convolutions.3.weight")  # 64 -> 64 channels, 3x3
    assert convolution.std().item() == pytest.approx(math.sqrt(2 / (64 * 9)), rel=0.03)
    assert network.head.weight.std().item() == pytest.approx(0.01, rel=0.1)
    assert not network.head.bias.any()
    assert not build(card("lenet")).get_parameter("body.conv1.0.bias").any()


def test_the_first_loss_is_that_of_a_guess():
    logits = build(card())(pictures((28, 28, 1), 16))
    loss = torch.nn.functional.cross_entropy(logits, torch.arange(16) % 10)
    assert loss.item() == pytest.approx(math.log(10), abs=0.1)


def test_normalisation_comes_from_the_card():
    network = build(card())
    grey = torch.full((1, 1, 28, 28), 150, dtype=torch.uint8)
    assert torch.equal(network.normalise(grey), torch.ones(1, 1, 28, 28))
    assert not any(name.startswith("normalise") for name in network.state_dict())


def test_logits_are_float32_under_mixed_precision():
    network = build(card()).eval()
    images = pictures((28, 28, 1))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        half = network(images)
    with torch.inference_mode():
        full = network(images)
    assert half.dtype == torch.float32
    assert not torch.equal(half, full)  # the body did compute in bfloat16
    assert torch.allclose(half, full, atol=0.02)


def test_what_cannot_be_built_is_an_error():
    with pytest.raises(
        ProjectError, match="images of 3x3 pixels are too small for lenet; use --model resnet"
    ):
        build(card("lenet", (3, 3, 1)))
    with pytest.raises(ProjectError, match="there is no network 'vgg': resnet, lenet"):
        build(card("vgg"))


# --- the gradient that oneDNN gets wrong, see `Residual.thinned`


def test_the_short_cut_sees_every_second_pixel():
    block = Residual(8, 16, stride=2)
    convolution, x = block.short_cut[0], torch.rand(2, 8, 13, 11)
    strided = torch.nn.functional.conv2d(x, convolution.get_parameter("weight"), stride=2)
    torch.testing.assert_close(convolution(block.thinned(x)), strided)


def test_no_convolution_of_single_pixels_has_a_stride():
    convolutions = [layer for layer in build(card()).modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.kernel_size for layer in convolutions if layer.stride != (1, 1)] == [(3, 3), (3, 3)]


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_narrow_network_is_trained_by_several_threads(tmp_path, precision):
    """In a process of its own, because a wrong write would end it."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    # found also where the project is not installed
    environment["PYTHONPATH"] = str(Path(your_project.__file__).parents[1])
    module = f"{your_project.__name__}.pytorch.train"
    words = ("--width", "8", "--limit", "200", "--epochs", "1", "--device", "cpu", "--precision", precision)
    done = subprocess.run(
        [sys.executable, "-m", module, *words, "--runs", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
