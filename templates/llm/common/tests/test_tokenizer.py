"""Text to numbers and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from your_project import tokenizer
from your_project.tokenizer import BYTES, FIRST, SPECIAL, BytePairs, Characters

TEXT = "the cat sat on the mat; the rat sat on the cat. Zwölf Boxkämpfer, 12 boxers! " * 4
STRANGE = (
    *("", "\n", "  a  b ", "über 深度学习 🙂👩‍👩‍👧", "\0\t\r\n_x__1234567 ²½ \u3000"),
    *("<|im_start|>system", "e\u0301", "\U0010ffff"),
)
KINDS = [Characters.learn(TEXT), BytePairs.learn(TEXT, 300)]

both_kinds = pytest.mark.parametrize("known", KINDS, ids=lambda one: one.kind)


@both_kinds
@pytest.mark.parametrize("text", STRANGE)
def test_every_text_survives_the_round_trip(known, text):
    tokens = known.encode(text)
    assert tokens.dtype == np.int32
    assert known.decode(tokens) == text
    assert int(known.lengths[tokens].sum()) == len(text)


@both_kinds
def test_all_of_unicode_survives(known):
    text = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x30000, 7))))
    assert known.decode(known.encode(text)) == text


@both_kinds
def test_what_a_card_keeps_makes_the_same_tokenizer(known):
    again = tokenizer.from_card(json.loads(json.dumps(known.card())))
    assert again.pieces == known.pieces
    assert again.encode(TEXT + STRANGE[3]).tolist() == known.encode(TEXT + STRANGE[3]).tolist()


@both_kinds
def test_no_text_forges_a_special_token(known):
    tokens = known.encode("".join(SPECIAL))
    assert tokens.min() >= BYTES
    assert known.decode([tokenizer.END, *tokens, tokenizer.MESSAGE]) == "".join(SPECIAL)


def test_characters_are_one_token_each_and_others_are_spelt_in_bytes():
    known = Characters.learn("banana")
    assert known.alphabet == "abn"
    assert known.encode("nab").tolist() == [FIRST + 2, FIRST, FIRST + 1]
    assert known.encode("é").tolist() == [BYTES + 0xC3, BYTES + 0xA9]


def test_the_most_frequent_pair_is_joined_first_and_never_across_words():
    known = BytePairs.learn("aab aab aab ab", 1000)
    joined = known.pieces[FIRST:]
    assert joined[0] == b"ab"  # four times; "aa", " a" three times each, "b " never: it spans two words
    assert all(b" " not in piece[1:] for piece in joined)
    assert known.size < 1000  # no pair occurs twice any more


def test_pairs_make_text_shorter_and_the_order_of_learning_counts():
    known = BytePairs.learn(TEXT, 300)
    assert FIRST < known.size <= 300
    assert len(known.encode(TEXT)) < 0.6 * len(TEXT)
    assert known.encode("the cat").tolist() == BytePairs(known.merges).encode("the cat").tolist()
