"""Texts as numbers: own vocabularies, and the word pieces of BERT."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from your_project import words
from your_project.words import END, PADDING, START, UNKNOWN, Tokenizer

PIECES = (PADDING, UNKNOWN, START, END, "un", "##afford", "##able", "very", ",", "naive", "好", "$", "5")


def tokenizer(kind="wordpieces", tokens=PIECES, length=8):
    card: Any = SimpleNamespace(tokens=kind, vocabulary=tokens, length=length)
    return Tokenizer(card)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Unaffordable, VERY", [START, "un", "##afford", "##able", ",", "very", END]),
        ("na\u00efve \u597d\u597d $5", [START, "naive", "好", "好", "$", "5", END]),
        ("unknowable", [START, UNKNOWN, END]),
        ("x" * 101, [START, UNKNOWN, END]),
        ("", [START, END]),
    ],
)
def test_word_pieces(text, pieces):
    assert tokenizer().split(text) == pieces


def test_a_cased_encoder_keeps_capitals_and_accents():
    cased = tokenizer("cased wordpieces", (*PIECES, "Very", "na\u00efve"))
    assert cased.split("Very na\u00efve, VERY") == [START, "Very", "na\u00efve", ",", UNKNOWN, END]
    assert tokenizer(tokens=(*PIECES[:4], "Very")).split("Very") == [START, UNKNOWN, END]  # the faulty form
    assert cased.encode(["Very " * 20])[0, -1] == PIECES.index(END)


def test_how_much_of_texts_is_unknown():
    plain = tokenizer("words", (PADDING, UNKNOWN, "a"))
    assert plain.unknown(["a a b", "c"]) == 0.5
    assert plain.unknown([]) == 0.0
    assert tokenizer().unknown(["very unaffordable", "unknowable xyz"]) == pytest.approx(2 / 6)


def test_what_cannot_be_seen_is_left_out_and_space_is_space():
    assert words.plain_words("a\0b\u200dc\ufffd d\te\u00a0f") == ["abc", "d", "e", "f"]


def test_long_texts_are_cut_and_short_ones_padded():
    rows = tokenizer(length=5).encode(["very very very very very", "very"])
    assert rows.tolist() == [[2, 7, 7, 7, 3], [2, 7, 3, 0, 0]]  # what is cut ends in [SEP], too
    plain = tokenizer("words", (PADDING, UNKNOWN, "a"), length=3)
    assert plain.encode(["A b a a", "", "a"]).tolist() == [[2, 1, 2], [1, 0, 0], [2, 0, 0]]
    assert plain.lengths(["A b a a", "a"]).tolist() == [4, 1]
    assert plain.encode(["a"]).dtype == np.int64


def test_a_vocabulary_holds_what_occurs_often_enough():
    texts = ["b a a", "a b c", "d d"]
    assert words.vocabulary(texts, "words", most=10, rarest=2) == (PADDING, UNKNOWN, "a", "b", "d")
    assert words.vocabulary(texts, "words", most=3, rarest=1) == (PADDING, UNKNOWN, "a")
    assert words.vocabulary(["很好很"], "characters", most=9, rarest=1) == (PADDING, UNKNOWN, "很", "好")


@pytest.mark.parametrize(
    ("texts", "chinese"),
    [(["很好的书"], True), (["a good book", "好"], False), (["iPhone很好用的手机"], True), (["123"], False)],
)
def test_which_texts_have_no_spaces(texts, chinese):
    assert words.is_chinese(texts) is chinese


@pytest.mark.parametrize("cased", [False, True])
def test_the_pieces_are_those_of_transformers(tmp_path, cased):
    transformers = pytest.importorskip("transformers")
    vocabulary_file = tmp_path / "vocab.txt"
    tokens = [
        PADDING,
        UNKNOWN,
        START,
        END,
        "[MASK]",
        *PIECES[4:],
        "caf",
        "##e",
        "'",
        "s",
        "##s",
        "-",
        "it",
        "Caf",
        "##\u00e9",
    ]
    vocabulary_file.write_text("\n".join(tokens) + "\n", encoding="utf-8")
    theirs = transformers.BertTokenizer(str(vocabulary_file), do_lower_case=not cased)
    own = tokenizer("cased wordpieces" if cased else "wordpieces", tuple(tokens), length=20)
    texts = [
        "Caf\u00e9s: it's UNaffordable-very!",
        "\u597d\u597dvery  naive\n$5",
        "\u200bvery\u00a0it",
        "s\u0301s",
    ]
    for text in texts:
        expected = theirs(text)["input_ids"]
        assert own.encode([text])[0, : len(expected)].tolist() == expected, text
