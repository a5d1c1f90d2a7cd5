"""Encoders: which folders are read, and what is told of others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from encoder_cases import CONFIG, tiny_bert

from your_project import pretrained
from your_project.errors import ProjectError
from your_project.settings import Settings


def test_a_bert_is_read_whatever_its_files_call_things(tmp_path):
    encoder = pretrained.open_encoder(Settings(encoder=str(tiny_bert(tmp_path / "new"))))
    assert (encoder.width, encoder.layers, len(encoder.vocabulary)) == (8, 2, CONFIG["vocab_size"])
    weights = pretrained.read_weights(encoder)
    old = pretrained.open_encoder(Settings(encoder=str(tiny_bert(tmp_path / "old", old_names=True))))
    for name, array in pretrained.read_weights(old).items():
        np.testing.assert_array_equal(array, weights[name])


def test_what_is_no_bert_is_told(tmp_path):
    folder = tiny_bert(tmp_path / "a")
    (folder / "config.json").write_text(json.dumps({**CONFIG, "model_type": "roberta"}))
    with pytest.raises(ProjectError, match="holds a roberta with gelu; this project reads bert"):
        pretrained.open_encoder(Settings(encoder=str(folder)))
    (folder / "vocab.txt").unlink()
    with pytest.raises(ProjectError, match=r"lacks vocab\.txt"):
        pretrained.open_encoder(Settings(encoder=str(folder)))
    with pytest.raises(ProjectError, match="neither minilm nor a folder nor an id"):
        pretrained.open_encoder(Settings(encoder="nothing"))
    encoder = pretrained.open_encoder(Settings(encoder=str(tiny_bert(tmp_path / "b"))))
    with pytest.raises(ProjectError, match=r"lacks encoder.layer.2"):
        pretrained.read_weights(replace(encoder, layers=3))
