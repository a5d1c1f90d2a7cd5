"""Adapters' files and settings: what cannot be meant is refused, what is broken is named."""

import numpy as np
import pytest

from your_project import adapters
from your_project.adapters import LoRA
from your_project.errors import ProjectError
from your_project.files import read_json, write_json

MATRICES = {"blocks.0.expand": (np.ones((2, 3), "f4"), np.full((4, 2), 2, "f4"))}


def test_what_was_saved_is_loaded(tmp_path):
    adapters.save(MATRICES, LoRA(2, 4.0, 0.1), tmp_path, "a base")
    matrices, lora = adapters.load(tmp_path)
    assert lora == LoRA(2, 4.0, 0.1)
    assert list(matrices) == ["blocks.0.expand"]
    for found, given in zip(matrices["blocks.0.expand"], MATRICES["blocks.0.expand"], strict=True):
        assert (found == given).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"peft_type": "IA3"}, "describes IA3 adapters, not LORA"),
        ({"use_dora": True}, "uses use_dora, which is not plain LoRA: load it by peft"),
        ({"r": None}, "does not hold LoRA adapters"),
    ],
)
def test_other_adapters_are_refused(tmp_path, change, said):
    adapters.save(MATRICES, LoRA(2), tmp_path, "a base")
    write_json(tmp_path / adapters.CONFIG, read_json(tmp_path / adapters.CONFIG) | change)
    with pytest.raises(ProjectError, match=said):
        adapters.load(tmp_path)


def test_a_cut_file_is_named(tmp_path):
    adapters.save(MATRICES, LoRA(2), tmp_path, "a base")
    (tmp_path / adapters.WEIGHTS).write_bytes(b"\x08")
    with pytest.raises(ProjectError, match="does not hold LoRA adapters"):
        adapters.load(tmp_path)


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"alpha": 0.0}, {"alpha": float("nan")}, {"dropout": 1.0}, {"dropout": -0.1}]
)
def test_settings_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValueError):
        LoRA(**wrong)


def test_every_layer_but_the_head_is_chosen_by_default():
    names = ["blocks.0.expand", "blocks.0.contract", "head"]
    assert LoRA().chosen(names, ("head",)) == names[:2]
    assert LoRA(targets=("head", "expand")).chosen(names, ("head",)) == ["blocks.0.expand", "head"]
