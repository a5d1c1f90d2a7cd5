"""Dividing samples into training, validation and test, so that nothing is in two of them.

A sample's place follows from its checksum: as good as random, the same on every machine, and no seed changes
it. Labels are integers of shape (N,); where nothing needs to be balanced, they are all 0.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

TEST_SHARE = 0.15
VALIDATION_SHARE = 0.15


def checksums(samples: Iterable[bytes]) -> np.ndarray:
    """Return a checksum of each sample as uint64, of shape (N,)."""
    return np.frombuffer(b"".join(hashlib.blake2b(one, digest_size=8).digest() for one in samples), "<u8")


def distinct(sums: np.ndarray, seen: set[int]) -> np.ndarray:
    """Return the places of samples not seen before, in the order of their checksums; remember them."""
    kinds, first = np.unique(sums, return_index=True)
    pairs = zip(kinds.tolist(), first.tolist(), strict=True)
    fresh = np.array([at for key, at in pairs if key not in seen], np.int64)
    seen.update(kinds.tolist())
    return fresh


def divided(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places of training, validation and test samples, each class divided alike.

    The samples are expected in the order of their checksums, as `distinct` gives them.
    """
    test = part_off(labels, TEST_SHARE)
    rest = np.flatnonzero(~test)
    validation = part_off(labels[rest], VALIDATION_SHARE)
    return rest[~validation], rest[validation], np.flatnonzero(test)


def part_off(labels: np.ndarray, share: float) -> np.ndarray:
    """Return a mask of this share of each class, at least one sample of it."""
    counts = np.bincount(labels)
    mask: np.ndarray = ranks(labels) < np.maximum(1, np.round(counts * share))[labels]
    return mask


def few_of_each(labels: np.ndarray, shots: int, seed: int) -> np.ndarray:
    """Return the places of at most this many samples of each class, drawn by the seed."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.sort(order[ranks(labels[order]) < shots])


def first_of_all(labels: np.ndarray, most: int) -> np.ndarray:
    """Return the places of at most this many samples, of every class alike."""
    return np.sort(np.argsort(ranks(labels), kind="stable")[:most])


def ranks(labels: np.ndarray) -> np.ndarray:
    """Return the number of each sample within its class, from 0, in the order in which they stand."""
    order = np.argsort(labels, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(labels))))[:-1]
    found = np.empty(len(labels), np.int64)
    found[order] = np.arange(len(labels)) - starts[labels[order]]
    return found
