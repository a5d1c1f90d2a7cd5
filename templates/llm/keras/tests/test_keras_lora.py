"""LoRA in Keras: begins as the base, learns nothing but adapters, and shares files with PyTorch's side."""

import keras
import numpy as np
import pytest
import safetensors.numpy
from keras import layers

from your_project import adapters
from your_project.adapters import LoRA
from your_project.errors import ProjectError
from your_project.tfkeras import lora

SHAPE = LoRA(rank=2, alpha=6, targets=("expand", "contract"))


def network(shape, seed=0):
    """Two blocks, named as those of the GPT."""
    keras.utils.set_random_seed(seed)
    inputs = x = keras.Input((6,))
    for number in (1, 2):
        y = lora.beside(layers.Dense(12, name=f"block{number}_expand"), x, shape)
        y = layers.Activation("tanh", name=f"block{number}_tanh")(y)
        x = lora.beside(layers.Dense(6, use_bias=False, name=f"block{number}_contract"), y, shape)
    return keras.Model(inputs, layers.Dense(4, name="head")(x))


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(5, 6)).astype("float32")


def outputs(model, x):
    return np.asarray(keras.ops.convert_to_numpy(model(x, training=False)))


def started(tmp_path, x):
    """Return a plain network, and one with adapters that holds its weights."""
    plain, tuned = network(None), network(SHAPE, seed=1)
    plain.save_weights(tmp_path / "base.weights.h5")
    tuned.load_weights(tmp_path / "base.weights.h5", objects_to_skip=list(lora.of(tuned).values()))
    return plain, tuned


def trained(model, x, steps=5):
    for layer in lora.sections(model)["body"]:
        layer.trainable = False
    trainer = keras.Model(model.inputs, model.outputs)
    trainer.compile(keras.optimizers.Adam(0.05), "mse")
    trainer.fit(x, np.ones((len(x), 4), "float32"), epochs=steps, verbose=0)
    return model


def changed(model):
    """Let the adapters be what they might have learned."""
    for adapter in lora.of(model).values():
        adapter.up.assign(np.random.default_rng(0).normal(size=adapter.up.shape))
    return model


def test_a_network_begins_as_its_base(tmp_path, x):
    plain, tuned = started(tmp_path, x)
    assert np.array_equal(outputs(tuned, x), outputs(plain, x))
    assert list(lora.of(tuned)) == [f"block{n}_{name}" for n in (1, 2) for name in ("expand", "contract")]


def test_only_the_adapters_learn(tmp_path, x):
    _, tuned = started(tmp_path, x)
    before = {one.path: np.asarray(keras.ops.convert_to_numpy(one)) for one in tuned.weights}
    trained(tuned, x)
    learned = {
        one.path
        for one in tuned.weights
        if not np.array_equal(keras.ops.convert_to_numpy(one), before[one.path])
    }
    assert learned == {one for one in before if "_adapter/" in one}


def test_merging_changes_no_output(tmp_path, x):
    plain, tuned = started(tmp_path, x)
    base = outputs(plain, x)
    expected = outputs(changed(tuned), x)
    lora.merge(tuned, plain)
    assert np.abs(expected - base).max() > 0.01
    assert np.allclose(outputs(plain, x), expected, atol=1e-5)


def test_adapters_are_kept_alone_under_the_names_of_pytorchs_side(tmp_path, x):
    _, tuned = started(tmp_path, x)
    expected = outputs(changed(tuned), x)
    lora.save(tuned, SHAPE, tmp_path / "adapter", "a base")
    names = safetensors.numpy.load_file(tmp_path / "adapter" / adapters.WEIGHTS)
    assert {name: value.shape for name, value in names.items() if "blocks.0" in name} == {
        "base_model.model.blocks.0.mlp.expand.lora_A.weight": (2, 6),
        "base_model.model.blocks.0.mlp.expand.lora_B.weight": (12, 2),
        "base_model.model.blocks.0.mlp.contract.lora_A.weight": (2, 12),
        "base_model.model.blocks.0.mlp.contract.lora_B.weight": (6, 2),
    }
    _, other = started(tmp_path, x)
    lora.load(other, tmp_path / "adapter")
    assert np.array_equal(outputs(other, x), expected)


def test_they_do_not_fit_another_network(tmp_path, x):
    _, tuned = started(tmp_path, x)
    lora.save(tuned, SHAPE, tmp_path / "adapter", "a base")
    with pytest.raises(ProjectError, match="a network with adapters beside other layers"):
        lora.load(network(LoRA(2, 6, targets=("expand",))), tmp_path / "adapter")
    with pytest.raises(ProjectError, match="belongs to another network: blocks"):
        lora.load(network(LoRA(3, 9, targets=("expand", "contract"))), tmp_path / "adapter")


def test_the_layer_is_made_again_from_its_configuration():
    layer = lora.Adapter(4, 2, 1.5, dropout=0.1, seed=3, name="one")
    assert lora.Adapter.from_config(layer.get_config()).get_config() == layer.get_config()
