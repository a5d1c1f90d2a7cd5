"""From text to numbers and back: single characters, or byte-level byte-pair encoding, both learned from text.

A token is a piece of UTF-8, so text comes back by joining the pieces. Both kinds hold all 256 bytes as well:
whatever was not seen in training is spelt in bytes, and every text survives the round trip.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np

#: tokens that no text is turned into, so that nobody can forge them: end of text, begin and end of a message
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
END, MESSAGE, MESSAGE_END = range(len(SPECIAL))
BYTES = len(SPECIAL)  # the number of the token for byte 0
FIRST = BYTES + 256  # the first token that is learned

#: what byte-pair encoding never joins: words with the space before them, numbers of up to three digits,
#: signs, white space. After GPT-2's pattern, with what Python's `re` knows (Radford et al. 2019).
WORDS = re.compile(r" ?[^\W\d_]+| ?\d{1,3}| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")

Pair = tuple[int, int]


class Tokenizer:
    """What both kinds share: a piece of UTF-8 for every token."""

    kind = ""

    def __init__(self, learned: list[bytes]) -> None:
        single = [bytes([value]) for value in range(256)]
        self.pieces = [*(name.encode() for name in SPECIAL), *single, *learned]
        self.size = len(self.pieces)
        starts = [sum(byte & 0xC0 != 0x80 for byte in piece) for piece in self.pieces]
        #: characters that begin in each token: to compare tokenizers, losses are counted by the character
        self.lengths = np.array([*(0 for _ in SPECIAL), *starts[BYTES:]], np.int64)

    def encode(self, text: str) -> np.ndarray:
        """Return the tokens of a text, int32."""
        raise NotImplementedError

    def card(self) -> dict[str, Any]:
        """Return what `from_card` makes the same tokenizer of; it goes into `model.json`."""
        raise NotImplementedError

    def decode(self, tokens: np.ndarray | list[int]) -> str:
        """Return the text of tokens, without special ones; a character cut in two becomes U+FFFD."""
        pieces = (self.pieces[token] for token in map(int, tokens) if token >= BYTES)
        return b"".join(pieces).decode("utf-8", errors="replace")


class Characters(Tokenizer):
    """A token for each character of the training text; others are spelt in bytes."""

    kind = "characters"

    def __init__(self, alphabet: str) -> None:
        super().__init__([character.encode() for character in alphabet])
        self.alphabet = alphabet
        self._numbers: dict[str, tuple[int, ...]] = {
            character: (FIRST + at,) for at, character in enumerate(alphabet)
        }

    @classmethod
    def learn(cls, text: str) -> Characters:
        """Return a tokenizer that knows the characters of a text."""
        return cls("".join(sorted(set(text.encode(errors="replace").decode()))))

    def encode(self, text: str) -> np.ndarray:
        """Return the tokens of a text, int32."""
        known = self._numbers
        for character in set(text) - known.keys():
            known[character] = tuple(BYTES + byte for byte in character.encode(errors="replace"))
        return np.array([number for character in text for number in known[character]], np.int32)

    def card(self) -> dict[str, Any]:
        """Return what `from_card` makes the same tokenizer of."""
        return {"kind": self.kind, "alphabet": self.alphabet}


class BytePairs(Tokenizer):
    """Begins with bytes and joins the pair that is most frequent, again and again.

    Sennrich et al. 2016, https://arxiv.org/abs/1508.07909; on bytes as in GPT-2 (Radford et al. 2019).
    """

    kind = "bytes"

    def __init__(self, merges: list[Pair]) -> None:
        pieces = [bytes([value]) for value in range(256)]
        for left, right in merges:
            pieces.append(pieces[left - BYTES] + pieces[right - BYTES])
        super().__init__(pieces[256:])
        self.merges = merges
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._known: dict[str, list[int]] = {}  # words that were encoded before

    @classmethod
    def learn(cls, text: str, size: int) -> BytePairs:
        """Return a tokenizer of at most `size` tokens; it is smaller when no pair occurs twice any more."""
        counted = Counter(WORDS.findall(text))
        words = [_spelt(word) for word in counted]
        counts = list(counted.values())
        pairs: Counter[Pair] = Counter()
        where: dict[Pair, set[int]] = {}  # words that hold a pair: only those change when it is joined
        for number, word in enumerate(words):
            _count(pairs, where, word, number, counts[number])
        merges: list[Pair] = []
        for new in range(FIRST, size):
            # of equally frequent pairs the first by number: the same on every machine
            best = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]), default=None)
            if best is None or pairs[best] < 2:
                break
            merges.append(best)
            for number in where.pop(best):
                word = words[number]
                for pair in pairwise(word):
                    pairs[pair] -= counts[number]
                words[number] = _joined(word, best, new)
                _count(pairs, where, words[number], number, counts[number])
            del pairs[best]
        return cls(merges)

    def encode(self, text: str) -> np.ndarray:
        """Return the tokens of a text, int32."""
        return np.array([token for word in WORDS.findall(text) for token in self._word(word)], np.int32)

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            tokens = _spelt(word)
            while pairs := [pair for pair in pairwise(tokens) if pair in self._ranks]:
                first = min(pairs, key=self._ranks.__getitem__)  # in the order in which they were learned
                tokens = _joined(tokens, first, FIRST + self._ranks[first])
            self._known[word] = tokens
        return self._known[word]

    def card(self) -> dict[str, Any]:
        """Return what `from_card` makes the same tokenizer of."""
        return {"kind": self.kind, "merges": [list(pair) for pair in self.merges]}


def learn(kind: str, text: str, size: int) -> Tokenizer:
    """Return a tokenizer learned from a text: `characters`, or `bytes` with at most `size` tokens."""
    return BytePairs.learn(text, size) if kind == BytePairs.kind else Characters.learn(text)


def from_card(card: dict[str, Any]) -> Tokenizer:
    """Return the tokenizer that `card` described."""
    if card["kind"] == Characters.kind:
        return Characters(card["alphabet"])
    return BytePairs([(left, right) for left, right in card["merges"]])


def _spelt(word: str) -> list[int]:
    return [BYTES + byte for byte in word.encode(errors="replace")]


def _joined(tokens: list[int], pair: Pair, new: int) -> list[int]:
    """Return tokens in which a pair has become one."""
    found, at = [], 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == pair:
            found.append(new)
            at += 2
        else:
            found.append(tokens[at])
            at += 1
    return found


def _count(
    pairs: Counter[Pair], where: dict[Pair, set[int]], word: list[int], number: int, count: int
) -> None:
    for pair in pairwise(word):
        pairs[pair] += count
        where.setdefault(pair, set()).add(number)
