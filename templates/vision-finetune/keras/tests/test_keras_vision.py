"""The Keras network knows ImageNet as the PyTorch one does, and is adapted as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from vision_cases import PLAIN, accuracy, engine, fit, images, knowing, whole

from your_project import engines, imagenet, lite0
from your_project.errors import ProjectError
from your_project.stages import Stage
from your_project.tfkeras.engine import KerasEngine
from your_project.tfkeras.optimiser import freeze
from your_project.training import whole_training
from your_project.transfer import adaptation, probe

keras = pytest.importorskip("keras")  # after the project, which chooses its backend


@pytest.fixture(scope="module")
def known() -> KerasEngine:
    return knowing()


def test_imagenet_is_known(known: KerasEngine) -> None:
    cat, coffee = np.argsort(-known.outputs(whole("cat", "coffee")), axis=1)[:, :3]
    assert {imagenet.names()[at] for at in cat} >= {"tabby", "Egyptian cat"}
    assert imagenet.names()[coffee[0]] == "espresso"


def test_both_frameworks_compute_the_same(known: KerasEngine) -> None:
    both = [
        name for name in engines.FOLDERS if (Path(engines.__file__).parent / engines.FOLDERS[name]).is_dir()
    ]
    if len(both) < 2:
        pytest.skip("the project has one framework")
    other = engines.find("pytorch")(PLAIN, replace(known.card, framework="pytorch"))
    other.load_imagenet(head=True)
    assert other.parameters == known.parameters
    part = whole("cat", "coffee", "palace")
    ours, theirs = known.outputs(part), other.outputs(part)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    said = ours.argmax(1)
    mine, yours = known.heat(part, said), other.heat(part, said)
    assert mine is not None
    assert yours is not None
    assert mine.shape == (3, 7, 7)
    np.testing.assert_allclose(mine, yours, atol=1e-4)  # the closed form and the gradient


def test_sections_thaw_from_the_head_on() -> None:
    made = engine(known=False)
    rates = freeze(made.sections(), Stage("last 2", 1, 1e-3, open=2))
    assert {name.split("_")[0].split("/")[0] for name in rates} == {"stage7", "top", "head"}
    held = [layer for name in lite0.NAMES[:-2] for layer in made.sections()[name]]
    assert not any(layer.trainable for layer in held)


def test_a_frozen_body_does_not_move_nor_does_its_normalisation(tmp_path: Path) -> None:
    made = engine(replace(PLAIN, image_size=32), size=32)
    before = [np.array(one) for one in made.network.get_weights()]
    fit(made, (Stage("head", 1, 1e-2, body=0.0),), tmp_path, 32)
    after = made.network.get_weights()
    for one, other in zip(before[:-2], after[:-2], strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(before[-2], after[-2])


def test_the_first_sections_alone() -> None:
    made = engine(replace(PLAIN, depth=3))
    assert list(made.sections()) == ["stem", "stage1", "stage2", "head"]
    kernel = made.network.get_layer("stage2_1_project").get_weights()[0]
    expected = lite0.weights().body["stage2.1.project"].kernel.transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(kernel, expected)


def test_unknown_networks_are_told() -> None:
    for name in ("nothing", "timm:resnet18", "keras:Nothing"):
        with pytest.raises(ProjectError, match=f"no network '{name}' for Keras: lite0, resnet50, vgg16"):
            engine(replace(PLAIN, model=name), known=False)


def test_another_network_by_name(tmp_path: Path) -> None:
    made = engine(replace(PLAIN, model="vgg16", image_size=32), known=False, size=32)
    few = images(32).test.take(slice(3))
    assert made.outputs(few).shape == (3, 10)
    assert list(made.sections()) == ["body", "head"]
    # VGG16's images are blue, green, red with ImageNet's mean taken off, not 0..1
    seen = keras.Model(made.network.inputs, made.network.get_layer("preprocess").output)
    white = np.asarray(seen(np.full((1, 32, 32, 3), 255, "uint8")))[0, 0, 0]
    np.testing.assert_allclose(white, 255 - np.array([103.939, 116.779, 123.68]), atol=1e-3)
    body, file = made.network.get_layer("body"), tmp_path / "own.weights.h5"
    body.save_weights(file)
    known = body.get_weights()[0]
    body.set_weights([np.zeros_like(one) for one in body.get_weights()])
    made.settings = replace(made.settings, weights=str(file))
    made.load_imagenet()
    np.testing.assert_array_equal(body.get_weights()[0], known)
    file.write_bytes(b"else")
    with pytest.raises(ProjectError, match=r"cannot read .* as weights of vgg16"):
        made.load_imagenet()


# --- what often goes wrong


def test_a_tensor_is_no_layer_of_a_sequential() -> None:
    body = engine(known=False).network
    with pytest.raises((ValueError, TypeError), match=r"Only instances of `keras\.Layer`"):
        keras.Sequential([body.output, keras.layers.Dense(10)])


@pytest.mark.slow
def test_fine_tuning_is_not_below_the_probe_and_beats_scratch(tmp_path: Path) -> None:
    # One seed, as each stage of each network is compiled: 1, which has room for other processors' rounding.
    # The README tells of all three.
    settings = replace(PLAIN, seed=1)
    stages = adaptation(settings)
    tuned = accuracy(fit(engine(settings), stages, tmp_path / "tuned"))
    frozen = accuracy(fit(engine(settings), probe(settings, stages), tmp_path / "probe"))
    budget = whole_training(replace(settings, epochs=sum(stage.epochs for stage in stages)))
    scratch = accuracy(fit(engine(settings, known=False), budget, tmp_path / "scratch"))
    assert tuned >= max(0.80, frozen - 0.02, scratch + 0.25), (tuned, frozen, scratch)
