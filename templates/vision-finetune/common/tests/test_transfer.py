"""The stages of fine-tuning, and what settings cannot be meant."""

from __future__ import annotations

import pytest

from your_project import imagenet
from your_project.settings import Settings
from your_project.stages import Stage
from your_project.transfer import adaptation, probe


def test_first_the_head_then_the_last_sections_then_all() -> None:
    settings = Settings(learning_rate=1e-3, head_boost=2.0, body_rate=0.5, layer_decay=0.8)
    stages = adaptation(settings)
    assert stages == (
        Stage("head", 2, 2e-3, body=0.0),
        Stage("last 3", 1, 1e-3, body=0.5, layer_decay=0.8, open=3, averages=False),
        Stage("all layers", 3, 1e-3, body=0.5, layer_decay=0.8, averages=False),
    )
    assert probe(settings, stages) == (Stage("head", 6, 2e-3, body=0.0),)
    alone = adaptation(Settings(head_epochs=0, unfreeze_epochs=0))
    assert [stage.name for stage in alone] == ["all layers"]


def test_settings_that_cannot_be_meant() -> None:
    with pytest.raises(ValueError, match="image_size must be 0 or at least 32, not 16"):
        Settings(image_size=16)
    with pytest.raises(ValueError, match="unfreeze must be at least 1"):
        Settings(unfreeze=0)


def test_the_names_stand_in_the_order_of_the_outputs() -> None:
    names = imagenet.names()
    assert len(names) == len(set(names)) == 1000
    assert (names[281], names[285], names[967]) == ("tabby", "Egyptian cat", "espresso")
