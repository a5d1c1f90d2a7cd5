"""What the default settings must reach on the data that comes with the project."""

import pytest
from pytorch_cases import accuracy, fit

from your_project import data
from your_project.settings import Settings
from your_project.training import whole_training


def trained(folder, **changes):
    settings = Settings(**changes)
    images = data.load(settings)
    engine, _ = fit(folder, images, settings, whole_training(settings))
    return accuracy(engine, images.test)


@pytest.mark.slow
def test_digits(tmp_path):
    assert trained(tmp_path, data="digits") >= 0.97


def test_lenet_on_digits(tmp_path):
    assert trained(tmp_path, data="digits", model="lenet", epochs=30) >= 0.93


@pytest.mark.slow
def test_the_defaults(tmp_path):
    assert trained(tmp_path) >= 0.98


@pytest.mark.slow
def test_lenet(tmp_path):
    assert trained(tmp_path, model="lenet") >= 0.97
