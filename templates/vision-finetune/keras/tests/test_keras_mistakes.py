"""What often goes wrong in fine-tuning, where the project has Keras alone; the PyTorch side shows it else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from vision_cases import PLAIN, engine, images, knowing, whole

from your_project import engines, imagenet
from your_project.engine import USUAL
from your_project.metrics import log_softmax
from your_project.tfkeras.engine import KerasEngine

keras = pytest.importorskip("keras")  # after the project, which chooses its backend
twice = (Path(engines.__file__).parent / engines.FOLDERS["pytorch"]).is_dir()
pytestmark = pytest.mark.skipif(twice, reason="the tests of the PyTorch side show the same")


def score(train: np.ndarray, test: np.ndarray) -> float:
    """Return the test accuracy of a linear classifier on features."""
    model = LogisticRegression(C=1.0, max_iter=200).fit(train, images().train.labels)
    return float(model.score(test, images().test.labels))


def test_probabilities_of_imagenets_classes_are_poor_features() -> None:
    card = replace(knowing().card, image_shape=images().image_shape)
    made = KerasEngine(PLAIN, card)
    made.load_imagenet(head=True)
    parts = images().train, images().test
    features = keras.Model(made.network.inputs, made.network.get_layer("pool").output)
    shares = [np.exp(log_softmax(made.outputs(part))) for part in parts]
    known = [features.predict(part.images, verbose=0) for part in parts]
    assert score(*known) > score(*shares) + 0.05


def test_the_normalisation_of_another_network_blinds() -> None:
    right = knowing()
    wrong = KerasEngine(PLAIN, replace(right.card, mean=(0.0,) * 3, std=(1.0,) * 3))
    wrong.load_imagenet(head=True)
    espresso = imagenet.names().index("espresso")
    sure = [np.exp(log_softmax(one.outputs(whole("coffee"))))[0, espresso] for one in (right, wrong)]
    assert sure[0] > 0.5 > 0.1 > sure[1]
    assert right.card.mean != USUAL[0]


def test_normalisation_that_goes_on_averaging_changes_a_frozen_body() -> None:
    network = engine().network
    batch = images().train.images[:25]
    before = np.asarray(network(batch))
    network(batch, training=True)  # no weight learns, and yet
    assert np.abs(np.asarray(network(batch)) - before).max() > 0.01
    settled = np.asarray(network(batch))
    network.trainable = False
    network(batch, training=True)
    np.testing.assert_array_equal(np.asarray(network(batch)), settled)
