"""What a network is compared with, and how its text is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from your_project import baseline, data, results, sampling, tokenizer
from your_project.baseline import NGram
from your_project.data import Data, Split
from your_project.settings import Settings


def split(inputs, targets):
    return Split(np.array(inputs, np.int32), np.array(targets, np.int32), np.zeros(0, np.uint64), "mine")


def test_probabilities_of_all_tokens_sum_to_one():
    random = np.random.default_rng(0)
    stream = random.integers(0, 5, 401)
    model = NGram(5)
    model.learn(split(stream[:-1].reshape(40, 10), stream[1:].reshape(40, 10)))
    context = random.integers(0, 5, (1, 10))
    each = [model.probabilities(split(context, [[data.IGNORED] * 9 + [token]])) for token in range(5)]
    assert sum(float(one[0]) for one in each) == pytest.approx(1)


def test_a_hand_computed_case():
    # after 0 came 1 twice and 2 once, of tokens 1, 2, 1 (and 0 three times)
    model = NGram(3)
    model.order = 2
    model.learn(split([[0, 1, 0, 2, 0, 1]], [[1, 0, 2, 0, 1, 0]]))
    single = (2 + 3 / 3) / (6 + 3)  # token 1: seen 2 of 6 times, 3 kinds, a third before anything is known
    assert model.probabilities(split([[0]], [[1]]))[0] == pytest.approx((2 + 2 * single) / (3 + 2))


def test_what_repeats_is_learned_and_noise_is_not():
    losses = {}
    for name, stream in (
        ("pattern", np.arange(1201) % 7),
        ("noise", np.random.default_rng(1).integers(0, 7, 1201)),
    ):
        rows = split(stream[:-1].reshape(60, 20), stream[1:].reshape(60, 20))
        parts = [rows.take(slice(start, start + 20)) for start in (0, 20, 40)]
        known = tokenizer.Characters.learn("")
        told: Any = baseline.compare(Data("mine", parts[0], parts[1], parts[2], known), Settings())
        losses[name] = told["loss"]
    assert losses["pattern"] < 0.3
    assert losses["noise"] > 1.7


def test_losses_of_two_tokenizers_are_compared_by_the_character():
    """The same certainty of each character: bits per character agree, losses a token do not."""
    text = "abab" * 20
    found = {}
    for known in (tokenizer.Characters.learn(text), tokenizer.BytePairs([(100, 101)])):
        tokens = known.encode(text)
        part = split([tokens[:-1]], [tokens[1:]])
        per_token = known.lengths[part.targets] * np.log(2)  # a bit for each character
        found[known.kind] = results.measures(per_token, part, known)
    assert found["characters"]["bits_per_character"] == pytest.approx(1)
    assert found["bytes"]["bits_per_character"] == pytest.approx(1)
    assert found["bytes"]["loss"] > 1.9 * found["characters"]["loss"]


LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05]))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (sampling.Choice(), [0.5, 0.3, 0.15, 0.05]),
        (sampling.Choice(temperature=0.0), [1, 0, 0, 0]),
        (sampling.Choice(temperature=0.5), [0.6849, 0.2466, 0.0616, 0.0068]),
        (sampling.Choice(top_k=2), [0.625, 0.375, 0, 0]),
        (sampling.Choice(top_p=0.79), [0.625, 0.375, 0, 0]),
        (sampling.Choice(top_p=0.81), [0.5263, 0.3158, 0.1579, 0]),
        (sampling.Choice(top_p=0.01), [1, 0, 0, 0]),
    ],
)
def test_how_a_token_is_drawn(how, expected):
    assert how.shares(LOGITS) == pytest.approx(expected, abs=1e-4)
    assert how.shares(LOGITS[::-1]) == pytest.approx(expected[::-1], abs=1e-4)


def test_writing_sees_no_more_than_the_context_and_ends_with_a_stop():
    seen = []

    def next_one(tokens):
        seen.append(tokens.tolist())
        return np.eye(10)[(tokens[-1] + 1) % 10]

    greedy = sampling.Choice(temperature=0.0)
    reader = sampling.Rereader(next_one)
    assert list(sampling.written(reader, np.array([8]), 12, 4, greedy, 0, stop=(5,))) == [9, 0, 1, 2, 3, 4, 5]
    assert max(map(len, seen)) == 4
    assert seen[4] == [1, 2]  # the later half of 8 9 0 1 and the new 2, read anew
