"""What often goes wrong, as the README shows it."""

from __future__ import annotations

import keras
import pytest
from keras_cases import PLAIN, engine

from your_project import data
from your_project.tfkeras.augment import one_hot


def test_numbers_of_classes_are_not_what_categorical_crossentropy_takes():
    images = data.load(PLAIN)
    network, part = engine(PLAIN, images).network, images.train.take(slice(32))
    network.compile("adam", "categorical_crossentropy")
    with pytest.raises(ValueError, match=r"must have the same rank|must have the same shape"):
        network.fit(part.images, part.labels, verbose=0)
    losses = []
    for loss, labels in (
        (keras.losses.CategoricalCrossentropy(from_logits=True), one_hot(part.labels, 10)),
        (keras.losses.SparseCategoricalCrossentropy(from_logits=True), part.labels),
    ):
        network.compile("adam", loss)
        losses.append(network.evaluate(part.images, labels, verbose=0))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
