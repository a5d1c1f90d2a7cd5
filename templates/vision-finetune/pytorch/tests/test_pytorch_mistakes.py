"""What often goes wrong in fine-tuning: each mistake is made here, and does worse than the right form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch_cases import PLAIN, engine, fit, images, knowing, whole

from your_project import imagenet
from your_project.engine import USUAL
from your_project.metrics import log_softmax
from your_project.pytorch.engine import PyTorchEngine
from your_project.stages import Stage


def score(train: np.ndarray, test: np.ndarray) -> float:
    """Return the test accuracy of a linear classifier on features."""
    model = LogisticRegression(C=1.0, max_iter=200).fit(train, images().train.labels)
    return float(model.score(test, images().test.labels))


def features(made: PyTorchEngine) -> tuple[np.ndarray, np.ndarray]:
    made.network.set_submodule("head", torch.nn.Identity())
    return made.outputs(images().train), made.outputs(images().test)


def test_probabilities_of_imagenets_classes_are_poor_features() -> None:
    made = knowing()
    shares = [np.exp(log_softmax(made.outputs(part))) for part in (images().train, images().test)]
    assert score(*features(made)) > score(*shares) + 0.05


def test_the_normalisation_of_another_network_blinds() -> None:
    right = knowing()
    wrong = PyTorchEngine(PLAIN, replace(right.card, mean=(0.0,) * 3, std=(1.0,) * 3))
    wrong.load_imagenet(head=True)
    espresso = imagenet.names().index("espresso")
    sure = [np.exp(log_softmax(one.outputs(whole("coffee"))))[0, espresso] for one in (right, wrong)]
    assert sure[0] > 0.5 > 0.1 > sure[1]
    assert right.card.mean != USUAL[0]


def test_normalisation_that_goes_on_averaging_changes_a_frozen_body() -> None:
    network = engine().network
    batch = torch.from_numpy(images().train.images[:25]).permute(0, 3, 1, 2)
    network.requires_grad_(False).eval()
    before = network(batch)
    network.train()  # "frozen" by requires_grad alone
    with torch.no_grad():
        network(batch)
    assert (network.eval()(batch) - before).abs().max() > 0.01


@pytest.mark.slow
def test_the_rate_of_the_head_destroys_the_features(tmp_path) -> None:
    stage = Stage("all layers", 2, 1e-2)
    rough = fit(engine(), (stage,), tmp_path / "rough")
    gentle = fit(engine(), (replace(stage, learning_rate=2e-3, body=0.1),), tmp_path / "gentle")
    after = [score(*features(one)) for one in (rough, gentle)]
    assert after[1] > after[0] + 0.1
