"""What often goes wrong: each fault is made here, and seen to look better or to be worse than it should.

The n-gram model stands for a network: it learns in a moment, and none of these faults is the network's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from your_project import chats, data, paragraphs, sources
from your_project.baseline import NGram
from your_project.data import IGNORED
from your_project.settings import Settings
from your_project.tokenizer import BytePairs, Characters


@pytest.fixture(scope="module")
def text():
    """A tenth of the default text, divided."""
    return paragraphs.divided(["".join(sources.topics())[:40_000]], "topics")


def loss(known, learned, test):
    """Return the loss of a token in nats, of a model that has learned from some windows."""
    model = NGram(known.size)
    model.learn(learned)
    return float(-np.log(model.probabilities(test)).mean())


def windows(known, *parts):
    return [data.windows(part, known, 64, "topics") for part in parts]


def shifted(part, by):
    """Return windows whose targets stand so many tokens behind the inputs, 1 as it should be."""
    stream = np.append(part.inputs.reshape(-1), part.targets[-1, -1])
    count = len(stream) // 64 - 1
    targets = stream[by : by + 64 * count].reshape(count, 64)
    return replace(part, inputs=part.inputs[:count], targets=targets)


def test_targets_that_are_not_shifted_are_copied_and_those_shifted_twice_teach_to_skip(text):
    known = Characters.learn("".join(text.training.texts))
    train, test = windows(known, text.training, text.test)
    right = loss(known, train, test)
    assert loss(known, shifted(train, 1), test) == pytest.approx(right, abs=0.02)
    assert loss(known, shifted(train, 0), shifted(test, 0)) < 0.1 < right / 10
    # its own loss does not tell, only what it says of the token that really comes next
    assert loss(known, shifted(train, 2), test) > right + 1


def test_a_loss_on_padding_is_too_good():
    known = Characters.learn("abcdefghijklmnopqrstuvwxyz .")
    text = chats.load(Settings(data="chats", context=1024), known)

    def whole(part):  # every token is a target, padding too
        targets = np.concatenate((part.inputs[:, 1:], part.inputs[:, :1] * 0), axis=1)
        return replace(part, targets=targets)

    right = loss(known, text.train, text.test)
    assert loss(known, whole(text.train), whole(text.test)) < right / 2
    assert (text.test.targets == IGNORED).mean() > 0.5


def test_a_tokenizer_of_the_test_text_spells_it_in_fewer_tokens(text):
    training, test = "".join(text.training.texts), "".join(text.test.texts)
    fair, unfair = BytePairs.learn(training, 600), BytePairs.learn(test, 600)
    assert unfair.size <= fair.size
    assert len(unfair.encode(test)) < 0.9 * len(fair.encode(test))


def test_copies_in_both_parts_look_like_knowledge(text):
    known = Characters.learn("".join(text.training.texts))
    train, test = windows(known, text.training, text.test)
    copied = paragraphs.Part([*text.training.texts, *text.test.texts], text.training.checksums)
    (leaking,) = windows(known, copied)
    assert loss(known, leaking, test) < loss(known, train, test) / 2
