"""The networks: padding changes nothing, they learn, and they are those of the PyTorch side."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from encoder_cases import minilm, tiny_bert
from keras_cases import accuracy, engine_for, fit, settings_of, texts_of

from your_project import pretrained
from your_project.engine import card_of
from your_project.tfkeras import model
from your_project.words import Tokenizer

MODELS = [("rnn", "gru"), ("rnn", "lstm"), ("transformer", "gru")]


@pytest.fixture(scope="module")
def texts():
    return texts_of(settings_of())


def longer(card, length):
    return replace(card, length=length, positions=64)


@pytest.mark.parametrize(("name", "cell"), MODELS)
def test_padding_changes_nothing_where_it_is_masked(texts, name, cell, monkeypatch):
    """What often goes wrong: without a mask the mean of a padded text is mostly one of padding."""
    card = card_of(texts, settings_of(model=name, cell=cell), "keras")
    tokens = np.array([[5, 6, 7, 0, 0], [8, 9, 3, 4, 2]])
    wide = np.pad(tokens, ((0, 0), (0, 40)))

    def both():
        short, long = model.build(longer(card, 5)), model.build(longer(card, 45))
        long.set_weights(
            [np.random.default_rng(n).normal(0, 0.3, w.shape) for n, w in enumerate(long.get_weights())]
        )
        short.set_weights(long.get_weights())
        return np.array(short(tokens)), np.array(long(wide))  # predict would compile each

    short, long = both()
    np.testing.assert_allclose(long, short, atol=1e-4)
    monkeypatch.setattr(model, "mean_of_tokens", lambda x, tokens: keras.ops.mean(x, axis=1))
    short, long = both()
    assert np.abs(long - short).max() > 2e-3


@pytest.mark.parametrize(("name", "cell"), MODELS)
def test_no_weight_is_forgotten_and_all_classes_are_likely_at_first(texts, name, cell):
    made = engine_for(texts, settings_of(model=name, cell=cell))
    assert np.abs(made.outputs(texts.validation)).max() < 0.2
    sections = made.sections()
    assert next(iter(sections)) == "embedding" and list(sections)[-1] == "head"
    learned = [v for layers in sections.values() for one in layers for v in one.trainable_variables]
    assert len(learned) == len(made.network.trainable_variables)


@pytest.mark.parametrize("name", ["rnn", "transformer"])
def test_no_two_dropout_layers_drop_the_same_places(texts, name):
    made = model.build(card_of(texts, settings_of(model=name), "keras"))
    states = [tuple(np.array(one).tolist()) for one in made.non_trainable_variables if "seed" in one.path]
    assert len(set(states)) == len(states) > 2
    dropping = [one for one in made.layers if isinstance(one, keras.layers.Dropout)]
    masks = {np.array(one(keras.ops.ones((1, 64)), training=True)).tobytes() for one in dropping}
    assert len(masks) == len(dropping)


def test_a_few_texts_can_be_learnt_by_heart(texts, tmp_path):
    few = texts.few(8, seed=0)
    few = replace(few, validation=few.train)
    settings = settings_of(dropout=0.0, epochs=40, batch_size=8, patience=0, learning_rate=1e-2)
    made, _ = fit(tmp_path, few, settings)
    assert accuracy(made, few.train) == 1.0


def test_numbers_of_classes_need_the_sparse_loss():
    """What often goes wrong: integer labels given to the loss that expects a probability for each class."""
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    network.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match="`target` and `output` must have the same"):
        network.fit(np.zeros((6, 4)), np.array([0, 1, 2, 0, 1, 2]), verbose=0)
    network.compile("sgd", "sparse_categorical_crossentropy")
    network.fit(np.zeros((6, 4)), np.array([0, 1, 2, 0, 1, 2]), verbose=0)


# --- the same as in PyTorch


def torch_side(card):
    pytest.importorskip("torch")
    classifier = pytest.importorskip("your_project.pytorch.model")
    return classifier.Classifier(card).eval()


def scores_of(network, tokens):
    import torch

    with torch.inference_mode():
        return network(torch.from_numpy(tokens)).numpy()


def compared_encoders(texts, folder, tokens):
    """Compare the scores of both sides, with one encoder's weights and one random head."""
    settings = settings_of(model="minilm", encoder=str(folder), length=tokens.shape[1])
    card = card_of(texts, settings, "keras")
    theirs = torch_side(card)
    stored = pretrained.read_weights(pretrained.open_encoder(settings))
    theirs.body.adopt(stored)
    made = model.build(card)
    model.adopt(made, stored)
    random = np.random.default_rng(0).normal(0, 1, (card.width, len(card.classes))).astype("float32")
    made.get_layer("head").set_weights([random, random[0]])
    theirs.head.weight.data[:] = theirs.head.weight.data.new_tensor(random.T)
    theirs.head.bias.data[:] = theirs.head.bias.data.new_tensor(random[0])
    scores = scores_of(theirs, tokens)
    assert np.ptp(scores) > 0.5
    np.testing.assert_allclose(np.array(made(tokens)), scores, atol=1e-4)  # predict would compile


def test_an_encoder_gives_the_scores_of_the_pytorch_side(texts, tmp_path):
    tokens = np.array([[2, 5, 6, 7, 8, 3, 0, 0], [2, 9, 3, 0, 0, 0, 0, 0], [2, 5, 6, 7, 8, 9, 10, 3]])
    compared_encoders(texts, tiny_bert(tmp_path / "bert"), tokens)


@pytest.mark.slow
def test_minilm_gives_the_scores_of_the_pytorch_side(texts, tmp_path):
    folder = minilm(tmp_path)
    settings = settings_of(model="minilm", encoder=str(folder))
    tokenizer = Tokenizer(card_of(texts, settings, "keras"))
    tokens = tokenizer.encode([*texts.test.texts[:8], "good"])
    assert (tokens == 0).any() and (tokens != 0).all(1).any()  # some padded, some as long as may be
    compared_encoders(texts, folder, tokens)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_recurrent_network_gives_the_scores_of_the_pytorch_side(texts, cell):
    card = card_of(texts, settings_of(cell=cell), "keras")
    theirs = torch_side(card)
    made = model.build(card)
    copied = {name: value.numpy() for name, value in theirs.state_dict().items()}
    made.get_layer("embedding_words").set_weights([copied["body.embedding.weight"]])
    made.get_layer("head").set_weights([copied["head.weight"].T, copied["head.bias"]])
    for way in ("forwards", "backwards"):
        start = f"body.recurrent.{way}."
        kernels = [copied[f"{start}weight_{kind}_l0"] for kind in ("ih", "hh")]
        biases = [copied[f"{start}bias_{kind}_l0"] for kind in ("ih", "hh")]
        if cell == "gru":  # Keras has the gates in the order update, reset, new; PyTorch reset, update, new
            kernels, biases = ([swapped(one) for one in pair] for pair in (kernels, biases))
            bias = np.stack(biases)
        else:
            bias = biases[0] + biases[1]
        made.get_layer(f"recurrent_{way}").set_weights([*(kernel.T for kernel in kernels), bias])
    tokens = np.random.default_rng(0).integers(1, 50, (6, 24))
    tokens[np.arange(24) >= np.array([24, 1, 3, 9, 20, 24])[:, None]] = 0
    np.testing.assert_allclose(made.predict(tokens, verbose=0), scores_of(theirs, tokens), atol=1e-5)


def swapped(gates):
    reset, update, new = np.split(gates, 3)
    return np.concatenate([update, reset, new])


@pytest.mark.parametrize(("name", "cell"), MODELS)
def test_first_weights_are_spread_as_on_the_pytorch_side(texts, name, cell):
    card = card_of(texts, settings_of(model=name, cell=cell, width=32), "keras")
    theirs = torch_side(card)
    keras.utils.set_random_seed(0)
    made = model.build(card)
    # of large matrices: the spread of few numbers says little
    own = sorted(float(w.std()) for w in map(np.array, made.get_weights()) if w.ndim > 1 and w.size > 500)
    other = sorted(
        float(v.numpy().std()) for v in theirs.state_dict().values() if v.ndim > 1 and v.numel() > 500
    )
    np.testing.assert_allclose(own, other, rtol=0.12)
