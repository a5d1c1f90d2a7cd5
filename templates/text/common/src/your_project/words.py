"""Texts as numbers: words, characters, or the word pieces of BERT, in plain Python.

Number 0 is padding, in every vocabulary: the networks leave out what is 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .engine import ModelCard

PADDING, UNKNOWN = "[PAD]", "[UNK]"
START, END = "[CLS]", "[SEP]"
LONGEST_WORD = 100  # characters; BERT calls longer ones unknown
#: scripts that are written without spaces: Chinese and Japanese
SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
#: the same without the syllables of Japanese, as BERT's authors chose them
HAN = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f])")
WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")
CHARACTER = re.compile(rf"{SPACELESS.pattern}|[^\W_{SPACELESS.pattern[1:-1]}]+|[^\w\s]|_")


def is_chinese(texts: Iterable[str]) -> bool:
    """Tell whether the texts are written in a script without spaces between words.

    A Chinese character says as much as some letters, so a few foreign names leave a text Chinese.
    """
    joined = "".join(texts)
    letters = sum(map(str.isalpha, joined))
    return len(SPACELESS.findall(joined)) > letters / 4


def words(text: str) -> list[str]:
    """Return the words and punctuation marks of a text, in small letters.

    >>> words("It's GOOD, really!")
    ["it's", 'good', ',', 'really', '!']
    """
    return WORD.findall(text.lower())


def characters(text: str) -> list[str]:
    """Return the characters of a Chinese text; foreign words and numbers stay whole.

    >>> characters("买了iPhone 15。很好")
    ['买', '了', 'iphone', '15', '。', '很', '好']
    """
    return CHARACTER.findall(text.lower())


def vocabulary(texts: Iterable[str], kind: str, most: int, rarest: int) -> tuple[str, ...]:
    """Return padding, unknown, and the tokens of the *training* texts, the most frequent first.

    Tokens that occur fewer than `rarest` times are unknown: nothing can be learned of them, and so the
    network learns what to make of unknown ones, which the test texts are full of.
    """
    split = {"words": words, "characters": characters}[kind]
    counts = Counter(token for text in texts for token in split(text))
    frequent = [token for token, count in counts.items() if count >= rarest]
    frequent.sort(key=lambda token: (-counts[token], token))
    return (PADDING, UNKNOWN, *frequent[: most - 2])


class Tokenizer:
    """Numbers for the texts that a network reads; the card says how."""

    def __init__(self, card: ModelCard) -> None:
        self.kind, self.length = card.tokens, card.length
        self.tokens = card.vocabulary
        self.pieced = self.kind in ("wordpieces", "cased wordpieces")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens)}

    def split(self, text: str) -> list[str]:
        """Return a text's tokens, all of them."""
        if self.pieced:
            plain = plain_words(text, lower=self.kind == "wordpieces")
            return [START, *(piece for word in plain for piece in self.pieces(word)), END]
        return (words if self.kind == "words" else characters)(text) or [UNKNOWN]

    def encode(self, texts: Iterable[str]) -> np.ndarray:
        """Return the tokens' numbers, int64 of shape (N, length); long texts are cut, 0 fills short ones."""
        listed = list(texts)
        found = np.zeros((len(listed), self.length), np.int64)
        unknown = self.numbers[UNKNOWN]
        for row, text in enumerate(listed):
            tokens = self.split(text)
            if len(tokens) > self.length:  # BERT was trained on texts that end in [SEP]: so does what is cut
                ends = int(self.pieced)
                tokens = [*tokens[: self.length - ends], *tokens[len(tokens) - ends :]]
            found[row, : len(tokens)] = [self.numbers.get(token, unknown) for token in tokens]
        return found

    def lengths(self, texts: Iterable[str]) -> np.ndarray:
        """Return how many tokens each text has, before anything is cut."""
        return np.array([len(self.split(text)) for text in texts])

    def unknown(self, texts: Iterable[str]) -> float:
        """Return the share of the texts' tokens that the network does not know, [CLS] and [SEP] aside."""
        found = [token for text in texts for token in self.split(text) if token not in (START, END)]
        known = sum(token in self.numbers and token != UNKNOWN for token in found)
        return 1 - known / len(found) if found else 0.0

    def pieces(self, word: str) -> Sequence[str]:
        """Return the longest pieces of the vocabulary that make up a word, from the left (WordPiece).

        Wu et al. 2016, https://arxiv.org/abs/1609.08144; pieces within a word begin with ##.
        """
        if len(word) > LONGEST_WORD:
            return (UNKNOWN,)
        found, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self.numbers:
                    break
            else:
                return (UNKNOWN,)
            found.append(piece)
            start = end
        return found


def plain_words(text: str, *, lower: bool = True) -> list[str]:
    """Return words as BERT wants them: punctuation apart, and if it is uncased small letters without accents.

    After `BasicTokenizer` in https://github.com/google-research/bert/blob/master/tokenization.py;
    each Chinese character is a word.
    """
    clean = "".join(" " if char.isspace() else char for char in text if not _is_noise(char))
    spaced = HAN.sub(r" \1 ", unicodedata.normalize("NFC", clean))
    if lower:
        apart = unicodedata.normalize("NFD", spaced.lower())
        spaced = "".join(char for char in apart if unicodedata.category(char) != "Mn")
    return "".join(f" {char} " if _is_punctuation(char) else char for char in spaced).split()


def _is_noise(char: str) -> bool:
    """Tell whether a character is none that one can see; white space is none of these."""
    return not char.isspace() and (
        char in "\0\ufffd" or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}
    )


def _is_punctuation(char: str) -> bool:
    # of ASCII all that is neither letter nor digit counts, such as $ and +
    return (char.isascii() and not char.isalnum() and not char.isspace()) or unicodedata.category(char)[
        0
    ] == "P"
