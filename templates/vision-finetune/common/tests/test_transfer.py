"""The stages of fine-tuning, and what settings cannot be meant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from your_project import imagenet
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.transfer import adaptation, probe, start


def test_first_the_head_then_the_last_sections_then_all() -> None:
    settings = Settings(tune_rate=1e-3, head_boost=2.0, body_rate=0.5, layer_decay=0.8)
    stages = adaptation(settings)
    assert stages == (
        Stage("head", 4, 2e-3, body=0.0),
        Stage("last 3", 1, 1e-3, body=0.5, layer_decay=0.8, open=3, averages=False),
        Stage("all layers", 2, 1e-3, body=0.5, layer_decay=0.8, averages=False),
    )
    assert probe(settings, stages) == (Stage("head", 7, 2e-3, body=0.0),)
    alone = adaptation(Settings(head_epochs=0, unfreeze_epochs=0))
    assert [stage.name for stage in alone] == ["all layers"]


def test_what_other_packages_networks_took_the_images_for_is_not_told() -> None:
    request: Any = SimpleNamespace(settings=Settings(model="vgg16", image_size=32), framework="keras")
    begun = start(request)
    assert begun.known() == {}
    assert [one.name for one in begun.beside] == ["probe", "scratch"]


def test_settings_that_cannot_be_meant() -> None:
    with pytest.raises(ValueError, match="image_size must be 0 or at least 32, not 16"):
        Settings(image_size=16)
    with pytest.raises(ValueError, match="depth must be at most 9, not 10"):
        Settings(depth=10)
    with pytest.raises(ValueError, match="unfreeze must be at least 1"):
        Settings(unfreeze=0)


def test_the_names_stand_in_the_order_of_the_outputs() -> None:
    names = imagenet.names()
    assert len(names) == len(set(names)) == 1000
    assert (names[281], names[285], names[967]) == ("tabby", "Egyptian cat", "espresso")
