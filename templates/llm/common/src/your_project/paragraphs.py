"""Dividing texts: what is in the test part is nowhere in training, not even as a copy.

Neighbouring windows of a text are alike, and whole paragraphs come twice in manuals and on web pages. So
copies are taken out first; then blocks of some paragraphs go to one part each, by their checksums.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import splitting
from .errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 500  # characters, at least: several windows; larger ones would make parts that are less alike
SHARE = 0.1  # of the blocks, for validation and for test each


@dataclass(frozen=True)
class Part:
    """Some texts, and the checksums of their paragraphs."""

    texts: list[str]
    checksums: np.ndarray

    def without(self, seen: np.ndarray) -> Part:
        """Return the paragraphs whose checksums are not among those."""
        texts = [split_up(text) for text in self.texts]
        kept = [
            [one for one, fresh in zip(text, ~np.isin(sums(text), seen), strict=True) if fresh]
            for text in texts
        ]
        left = ["".join(text) for text in kept if text]
        return Part(left, sums(one for text in kept for one in text))


@dataclass(frozen=True)
class Parts:
    """Three parts without a common paragraph."""

    training: Part
    validation: Part
    test: Part
    doubles: int  # paragraphs that were left out because they had come before


def divided(documents: list[str], name: str) -> Parts:
    """Divide texts block by block; where a block goes follows from what is in it, and no seed changes it."""
    texts, doubles = _distinct(documents)
    blocks = [(number, block) for number, text in enumerate(texts) for block in _blocks(text)]
    if len(blocks) < 3:
        raise ProjectError(
            f"{name}: {sum(len(block) for _, block in blocks)} characters are too few to divide;"
            f" {3 * BLOCK} are least"
        )
    order = np.argsort(
        splitting.checksums(block.encode(errors="replace") for _, block in blocks), kind="stable"
    )
    kind = np.zeros(len(blocks), np.int64)
    share = max(1, round(SHARE * len(blocks)))
    kind[order[:share]], kind[order[share : 2 * share]] = 2, 1
    training, validation, test = (
        _part([block for block, here in zip(blocks, kind == which, strict=True) if here])
        for which in range(3)
    )
    return Parts(training, validation, test, doubles)


def whole(documents: list[str]) -> Part:
    """Return all of the texts, each paragraph once."""
    texts, _ = _distinct(documents)
    return Part(["".join(text) for text in texts if text], sums(one for text in texts for one in text))


def split_up(text: str) -> list[str]:
    """Return the paragraphs of a text, in order: what empty lines divide. Joined, they are the text again.

    One that is very long, as where a file has no empty lines at all, is cut at the ends of its lines.
    """
    whole = (one.rstrip() + "\n\n" for one in re.split(r"\n(?:[ \t]*\n)+", text) if one.strip())
    return [piece for one in whole for piece in ([one] if len(one) <= 2 * BLOCK else _cut(one))]


def _cut(long: str) -> list[str]:
    """Return a long paragraph in pieces of about a block, which end where a line does, if there are any."""
    pieces = [""]
    for line in long.splitlines(keepends=True):
        for at in range(0, len(line), BLOCK):
            if len(pieces[-1]) >= BLOCK:
                pieces.append("")
            pieces[-1] += line[at : at + BLOCK]
    return pieces


def sums(paragraphs: Iterable[str]) -> np.ndarray:
    """Return a checksum of each paragraph, uint64; white space does not count."""
    return splitting.checksums(" ".join(one.split()).encode(errors="replace") for one in paragraphs)


def _distinct(documents: list[str]) -> tuple[list[list[str]], int]:
    """Return the paragraphs of each text that have not come before, and how many have."""
    seen: set[int] = set()
    texts: list[list[str]] = []
    count = 0
    for document in documents:
        text = split_up(document)
        keys = sums(text).tolist()
        texts.append([])
        for one, key in zip(text, keys, strict=True):
            if key not in seen:
                seen.add(key)
                texts[-1].append(one)
        count += len(text) - len(texts[-1])
    return texts, count


def _blocks(text: list[str]) -> list[str]:
    """Return the paragraphs of a text, put together in their order to blocks of some length."""
    blocks: list[list[str]] = [[]]
    for paragraph in text:
        if sum(map(len, blocks[-1])) >= BLOCK:
            blocks.append([])
        blocks[-1].append(paragraph)
    return ["".join(block) for block in blocks if block]


def _part(blocks: list[tuple[int, str]]) -> Part:
    """Return blocks as texts: those of one document belong together."""
    texts: dict[int, list[str]] = {}
    for number, block in blocks:
        texts.setdefault(number, []).append(block)
    joined = ["".join(text) for text in texts.values()]
    return Part(joined, sums(one for text in joined for one in split_up(text)))
