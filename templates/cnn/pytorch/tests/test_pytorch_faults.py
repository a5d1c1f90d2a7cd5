"""What often goes wrong, as the README shows it: each faulty form fails or does worse."""

from __future__ import annotations

import numpy as np
import torch
from pytorch_cases import STAGE, accuracy, digits, engine_for, settings_of
from torch.nn.functional import cross_entropy

from your_project.pytorch.engine import PyTorchEngine
from your_project.run_folder import RunFolder


class SoftmaxTwice(PyTorchEngine):
    """The loss takes logits, and is given shares."""

    def loss_function(self):
        return lambda logits, labels: cross_entropy(logits.softmax(1), labels)


def test_a_softmax_before_the_loss_learns_less_in_the_same_time(tmp_path):
    images, settings = digits(), settings_of()
    reached = {}
    for kind in (PyTorchEngine, SoftmaxTwice):
        engine = kind(settings, engine_for(images, settings).card)
        run = RunFolder(tmp_path / kind.__name__, engine.best, engine.last)
        engine.fit(images, (STAGE,), run)
        run.close()
        losses = [row["validation_loss"] for row in run.history()]
        reached[kind] = accuracy(engine, images.test), min(losses)
    assert reached[SoftmaxTwice][0] <= reached[PyTorchEngine][0]
    assert reached[SoftmaxTwice][1] > 1.2 * reached[PyTorchEngine][1]


def test_a_network_that_is_not_told_that_it_is_used_answers_by_chance():
    images = digits()
    settings = settings_of(dropout=0.5)
    network = engine_for(images, settings).network
    inputs = torch.from_numpy(images.test.images[:8]).permute(0, 3, 1, 2)
    with torch.inference_mode():
        network.train()
        one, other = network(inputs), network(inputs)
        network.eval()
        same, again = network(inputs), network(inputs)
    assert not np.array_equal(one, other)
    assert np.array_equal(same, again)
