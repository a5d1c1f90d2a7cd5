"""git and merge3 are one engine to whoever updates: the same pieces, whatever the text."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.system import HostSystem
from scaffold.threeway.engines import Clash, Clean, Piece, compare, merge_with_git, merge_with_python, merger
from scaffold.threeway.lines import Lines
from scaffold.threeway.matching import matched

SYSTEM = HostSystem()
GIT = SYSTEM.which("git")

#: Few different lines, blank ones and brackets among them, and what a merger may take for its own markers.
LINES = [
    b"\n",
    b"}\n",
    b"a = 1\n",
    b"b = 2\n",
    b"=======\n",
    b"<<<<<<< yours\n",
    b"||||||| x\n",
    b"\r\n",
    b"\xff\xfe\n",
]


@st.composite
def three_sides(draw: st.DrawFn) -> tuple[Lines, Lines, Lines]:
    """A file and two edits of it."""
    texts = st.lists(st.sampled_from(LINES) | st.integers(0, 30).map(lambda n: b"line %d\n" % n), max_size=4)
    base = [line for part in draw(st.lists(texts, max_size=6)) for line in part]
    return tuple(base), _edited(draw, base, texts), _edited(draw, base, texts)


def _edited(draw: st.DrawFn, base: list[bytes], texts: st.SearchStrategy[list[bytes]]) -> Lines:
    lines = list(base)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 3))] = draw(texts)
    return tuple(lines)


def of_yours(pieces: tuple[Piece, ...]) -> Lines:
    return tuple(line for one in pieces for line in (one.yours if isinstance(one, Clash) else one.lines))


@pytest.mark.skipif(GIT is None, reason="needs git")
@settings(max_examples=150, deadline=None)
@given(three_sides())
def test_git_and_merge3_give_the_same_pieces(sides: tuple[Lines, Lines, Lines]) -> None:
    assert GIT is not None
    assert merge_with_git(SYSTEM, GIT, *sides) == merge_with_python(*sides)


@settings(max_examples=300, deadline=None)
@given(three_sides())
def test_no_line_that_one_side_added_is_lost(sides: tuple[Lines, Lines, Lines]) -> None:
    base, yours, new = sides
    pieces = merge_with_python(base, yours, new)
    everything = Counter(
        line for one in pieces for line in ((*one.yours, *one.new) if isinstance(one, Clash) else one.lines)
    )
    for side in (yours, new):
        added = Counter(side) - Counter(base)
        assert added - everything == Counter()


@settings(max_examples=200, deadline=None)
@given(three_sides())
def test_what_one_side_left_alone_is_the_others(sides: tuple[Lines, Lines, Lines]) -> None:
    base, yours, _ = sides
    assert of_yours(merge_with_python(base, yours, base)) == yours
    assert of_yours(merge_with_python(base, base, yours)) == yours
    assert of_yours(merge_with_python(base, yours, yours)) == yours


@settings(max_examples=200, deadline=None)
@given(three_sides())
def test_two_sides_without_a_base_hold_each_side_whole(sides: tuple[Lines, Lines, Lines]) -> None:
    _, yours, new = sides
    pieces = compare(yours, new)
    assert of_yours(pieces) == yours
    assert tuple(x for one in pieces for x in (one.new if isinstance(one, Clash) else one.lines)) == new


@settings(max_examples=200, deadline=None)
@given(three_sides())
def test_matched_lines_are_equal_and_in_order(sides: tuple[Lines, Lines, Lines]) -> None:
    one, other, _ = sides
    pairs = matched(one, other)
    assert [one[a] for a, _ in pairs] == [other[b] for _, b in pairs]
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_changes_that_touch_are_a_clash_and_changes_a_line_apart_are_not() -> None:
    base = (b"a\n", b"b\n", b"c\n")
    assert merge_with_python(base, (b"A\n", b"b\n", b"c\n"), (b"a\n", b"B\n", b"c\n")) == (
        Clash((b"a\n", b"b\n"), (b"A\n", b"b\n"), (b"a\n", b"B\n")),
        Clean((b"c\n",)),
    )
    assert merge_with_python(base, (b"A\n", b"b\n", b"c\n"), (b"a\n", b"b\n", b"C\n")) == (
        Clean((b"A\n", b"b\n", b"C\n")),
    )


def test_without_git_merge3_does_it() -> None:
    class WithoutGit(HostSystem):
        def which(self, program):
            return None

    assert merger(WithoutGit()) is merge_with_python


def test_a_git_that_fails_is_no_failure_of_the_update(tmp_path) -> None:
    broken = tmp_path / "git"
    broken.write_text("#!/bin/sh\nexit 129\n", encoding="utf-8")
    broken.chmod(0o755)
    base, yours, new = (b"a\n",), (b"b\n",), (b"c\n",)
    assert merge_with_git(SYSTEM, broken, base, yours, new) == (Clash(base, yours, new),)
    assert merge_with_git(SYSTEM, tmp_path / "gone", base, yours, new) == (Clash(base, yours, new),)
