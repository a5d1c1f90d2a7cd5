"""Encoders: which folders are read, and what is told of others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from encoder_cases import CONFIG, tiny_bert

from your_project import data, pretrained
from your_project.engine import card_of
from your_project.errors import ProjectError
from your_project.settings import Settings


def test_a_bert_is_read_whatever_its_files_call_things(tmp_path):
    encoder = pretrained.open_encoder(Settings(encoder=str(tiny_bert(tmp_path / "new"))))
    assert (encoder.width, encoder.layers, len(encoder.vocabulary)) == (8, 2, CONFIG["vocab_size"])
    weights = pretrained.read_weights(encoder)
    old = pretrained.open_encoder(Settings(encoder=str(tiny_bert(tmp_path / "old", old_names=True))))
    for name, array in pretrained.read_weights(old).items():
        np.testing.assert_array_equal(array, weights[name])


@pytest.mark.parametrize(
    ("reading", "word", "kind"),
    [
        (None, "good", "wordpieces"),
        (None, "Good", "cased wordpieces"),
        ({"do_lower_case": False}, "good", "cased wordpieces"),
        ({"do_lower_case": True, "strip_accents": None}, "Good", "wordpieces"),
    ],
)
def test_a_cased_bert_is_not_given_small_letters(tmp_path, reading, word, kind):
    folder = tiny_bert(tmp_path / "a")
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8")
    (folder / "vocab.txt").write_text(vocabulary.replace("good", word), encoding="utf-8")
    if reading is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(reading))
    settings = Settings(data="products-en", model="minilm", length=32, encoder=str(folder))
    assert card_of(data.load(settings), settings, "any").tokens == kind


def test_what_is_no_bert_is_told(tmp_path):
    folder = tiny_bert(tmp_path / "a")
    (folder / "tokenizer_config.json").write_text('{"tokenize_chinese_chars": false}')
    with pytest.raises(ProjectError, match=r"tokenizer_config\.json: tokenize_chinese_chars = False is not"):
        pretrained.open_encoder(Settings(encoder=str(folder)))
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
