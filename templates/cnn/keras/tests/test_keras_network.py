"""The networks and the training batches of the Keras side."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import your_project
from your_project.data import Split
from your_project.engine import ModelCard
from your_project.errors import ProjectError
from your_project.stages import Stage
from your_project.tfkeras.augment import Batches, mirror, shift
from your_project.tfkeras.model import build, sections
from your_project.tfkeras.optimiser import freeze

keras = pytest.importorskip("keras")  # after the project, which chooses its backend


def card(model: str, shape: tuple[int, int, int], width: int = 8) -> ModelCard:
    channels = shape[2]
    names = tuple("abcde")
    return ModelCard(model, width, 0.1, shape, names, (100.0,) * channels, (50.0,) * channels, "keras")


def numbers(tensor: object) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(tensor))


@pytest.mark.parametrize("model", ["resnet", "lenet"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (13, 11, 3)])
def test_any_image_becomes_one_logit_a_class(model: str, shape: tuple[int, int, int]) -> None:
    logits = build(card(model, shape))(np.zeros((2, *shape), "uint8"))
    assert tuple(logits.shape) == (2, 5)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


def test_networks_have_the_size_that_they_have_in_pytorch() -> None:
    sizes = {
        name: sum(math.prod(v.shape) for v in build(card(name, (28, 28, 1), width=32)).trainable_variables)
        for name in ("resnet", "lenet")
    }
    assert sizes == {"resnet": 307429, "lenet": 61281}


def test_unknown_networks_and_tiny_images_are_refused() -> None:
    with pytest.raises(ProjectError, match="no network 'vgg': resnet, lenet"):
        build(card("vgg", (8, 8, 1)))
    with pytest.raises(ProjectError, match="3x9 pixels are too small for lenet"):
        build(card("lenet", (3, 9, 1)))


def test_images_are_normalised_by_the_card() -> None:
    network = build(card("resnet", (8, 8, 1)))
    inside = keras.Model(network.inputs, network.get_layer("normalise").output)
    images = np.array([0, 100, 250], "uint8").reshape(3, 1, 1, 1).repeat(8, 1).repeat(8, 2)
    assert numbers(inside(images))[:, 0, 0, 0] == pytest.approx([-2, 0, 3], abs=1e-5)


def test_weights_begin_as_in_pytorch() -> None:
    keras.utils.set_random_seed(0)
    network = build(card("resnet", (28, 28, 1), width=32))
    spread = {v.path: float(np.std(numbers(v))) for v in network.trainable_variables if len(v.shape) > 1}
    # He's normal distribution with fan-out: sqrt(2 / (kernel area * outputs))
    assert spread["stage2_conv2/kernel"] == pytest.approx(math.sqrt(2 / (9 * 64)), rel=0.03)
    assert spread["stage3_skip/kernel"] == pytest.approx(math.sqrt(2 / 128), rel=0.03)
    assert spread["head/kernel"] == pytest.approx(0.01, rel=0.1)


def test_a_frozen_body_leaves_the_head_to_learn() -> None:
    network = build(card("resnet", (8, 8, 1)))
    head_only = freeze(sections(network), Stage("head", 1, 1e-3, body=0.0))
    assert head_only == {"head/kernel": 1.0, "head/bias": 1.0}
    assert [v.path for v in network.trainable_variables] == ["head/kernel", "head/bias"]

    everything = freeze(sections(network), Stage("all layers", 1, 1e-3, body=0.5, layer_decay=0.1))
    assert {v.path for v in network.trainable_variables} == everything.keys()
    assert everything["stage3_conv1/kernel"] == 0.5
    assert everything["stem_norm/gamma"] == pytest.approx(0.0005)


# --- the gradient that oneDNN gets wrong, see `_convolution`


def test_the_short_cut_sees_every_second_pixel() -> None:
    network = build(card("resnet", (13, 11, 1)))
    short_cut = network.get_layer("stage2_skip")
    parts = [network.get_layer("stage1_relu2").output, short_cut.output]
    seen, shortened = keras.Model(network.input, parts)(np.arange(143, dtype="uint8").reshape(1, 13, 11, 1))
    strided = keras.ops.conv(seen, short_cut.kernel, strides=2, padding="valid")
    np.testing.assert_allclose(numbers(shortened), numbers(strided), rtol=1e-5, atol=1e-5)


def test_no_convolution_of_single_pixels_has_a_stride() -> None:
    kernels = {
        layer.name: layer.kernel_size
        for layer in build(card("resnet", (28, 28, 1))).layers
        if isinstance(layer, keras.layers.Conv2D) and layer.strides != (1, 1)
    }
    assert kernels == {"stage2_conv1": (3, 3), "stage3_conv1": (3, 3)}


@pytest.mark.slow
def test_a_narrow_network_is_trained_by_several_threads(tmp_path: Path) -> None:
    """In a process of its own, because a wrong write would end it."""
    one_thread = {"OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"}
    environment = {name: value for name, value in os.environ.items() if name not in one_thread}
    # found also where the project is not installed
    environment["PYTHONPATH"] = str(Path(your_project.__file__).parents[1])
    module = f"{your_project.__name__}.tfkeras.train"
    words = ("--width", "8", "--limit", "200", "--epochs", "1", "--device", "cpu", "--runs", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", module, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# --- batches


def images(count: int = 10) -> Split:
    pixels = np.arange(count, dtype="uint8")[:, None, None, None] + np.zeros((1, 6, 4, 1), "uint8") + 1
    return Split(pixels, np.arange(count) % 5)


def batches(**changes: object) -> Batches:
    options = {"size": 4, "seed": 0, "augment": False, "mirror": False, **changes}
    return Batches(images(), 5, **options)  # type: ignore[arg-type]


def test_an_epoch_follows_from_seed_and_number_alone() -> None:
    first, second = batches(augment=True), batches(augment=True)
    for epoch in (0, 1, 2):
        first.start(epoch)
    second.start(2)
    for one, other in zip(first[1], second[1], strict=True):
        np.testing.assert_array_equal(one, other)
    assert first.order.tolist() != batches().order.tolist()
    assert batches(seed=1).order.tolist() != batches().order.tolist()


def test_no_image_comes_twice_in_an_epoch_and_the_rest_is_left_out() -> None:
    data = batches()
    seen = np.concatenate([data[step][0][:, 0, 0, 0] for step in range(len(data))])
    assert len(data) == 2
    assert len(set(seen.tolist())) == 8
    for step in range(len(data)):
        pixels, targets = data[step]
        assert ((pixels[:, 0, 0, 0] - 1) % 5).tolist() == targets.argmax(1).tolist()


def test_fewer_images_than_a_batch_make_one_batch() -> None:
    data = batches(size=64)
    assert (len(data), len(data[0][0])) == (1, 10)


def test_shifted_images_move_as_a_whole() -> None:
    picture = np.zeros((200, 5, 5, 1), "uint8")
    picture[:, 2, 2] = 9
    moved = shift(picture, 1, np.random.default_rng(0))
    assert moved.shape == picture.shape
    assert (moved.reshape(200, -1).sum(1) == 9).all()
    rows, columns = np.nonzero(moved[..., 0])[1:]
    assert (set(rows.tolist()), set(columns.tolist())) == ({1, 2, 3}, {1, 2, 3})
    # what is pushed out is gone, and black comes in
    edge = np.full((50, 3, 3, 1), 7, "uint8")
    assert set(shift(edge, 1, np.random.default_rng(0)).ravel().tolist()) == {0, 7}


def test_about_half_the_images_are_mirrored() -> None:
    picture = np.broadcast_to(np.arange(4, dtype="uint8")[None, None, :, None], (400, 2, 4, 1))
    firsts = mirror(picture, np.random.default_rng(0))[:, 0, 0, 0]
    assert set(firsts.tolist()) == {0, 3}
    assert 150 < (firsts == 3).sum() < 250
