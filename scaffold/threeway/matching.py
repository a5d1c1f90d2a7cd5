"""Which lines of two files are the same line: decided once, so that every engine merges the same thing.

Lines that are unique in both files are anchors ("patience"): a blank line or a lone bracket is never matched
across a function's boundary while there is anything better. Between anchors, the longest common runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scaffold.threeway.lines import Lines

#: A pair of line numbers.
Pair = tuple[int, int]


def matched(one: Lines, other: Lines) -> tuple[Pair, ...]:
    r"""Pairs of equal lines, both numbers rising.

    >>> matched((b"a\n", b"\n", b"b\n"), (b"\n", b"b\n", b"\n"))
    ((1, 0), (2, 1))
    """
    return tuple(_within(one, other, 0, len(one), 0, len(other)))


def _within(one: Lines, other: Lines, start: int, end: int, first: int, last: int) -> Iterator[Pair]:
    """Equal beginnings and ends, then anchors, then runs; a stack in place of recursion, in order."""
    while start < end and first < last and one[start] == other[first]:
        yield start, first
        start, first = start + 1, first + 1
    tail = 0
    while start < end - tail and first < last - tail and one[end - tail - 1] == other[last - tail - 1]:
        tail += 1
    end, last = end - tail, last - tail
    anchors = _anchors(one[start:end], other[first:last])
    if anchors:
        at, there = start, first
        for left, right in anchors:
            yield from _within(one, other, at, start + left, there, first + right)
            yield start + left, first + right
            at, there = start + left + 1, first + right + 1
        yield from _within(one, other, at, end, there, last)
    else:
        runs = SequenceMatcher(None, one[start:end], other[first:last], autojunk=False)
        for block in runs.get_matching_blocks():
            yield from ((start + block.a + n, first + block.b + n) for n in range(block.size))
    yield from ((end + n, last + n) for n in range(tail))


def _anchors(one: Sequence[bytes], other: Sequence[bytes]) -> list[Pair]:
    """The longest rising row of lines that are unique in both."""
    here, there = Counter(one), Counter(other)
    places = {line: number for number, line in enumerate(other) if there[line] == 1}
    pairs = [(number, places[line]) for number, line in enumerate(one) if here[line] == 1 and line in places]
    ends: list[int] = []  # the smallest last number of a row of that length
    rows: list[int] = []  # which pair that is
    before: list[int] = []
    for index, (_, number) in enumerate(pairs):
        length = bisect_left(ends, number)
        before.append(rows[length - 1] if length else -1)
        ends[length:], rows[length:] = [number, *ends[length + 1 :]], [index, *rows[length + 1 :]]
    found: list[Pair] = []
    at = rows[-1] if rows else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
