"""Two ways to merge lines, `git merge-file` and the package merge3, that answer in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from scaffold.passing import passing_folder
from scaffold.system import System, without
from scaffold.threeway.lines import Lines
from scaffold.threeway.matching import matched

Engine = Literal["auto", "git", "python"]

#: Seconds. Merging a file takes some milliseconds.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Clean:
    """Lines on which all agree, or which one side alone changed."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both sides changed, each in its own way."""

    base: Lines | None  # None: nobody knows what they were
    yours: Lines
    new: Lines


Piece = Clean | Clash

#: base, yours, new → the whole file in order.
Merge = Callable[[Lines, Lines, Lines], tuple[Piece, ...]]


def merger(system: System, engine: Engine = "auto") -> Merge:
    """The engine that is asked for; by default git, where there is one."""
    git = system.which("git") if engine in {"auto", "git"} else None
    if git is None:
        return merge_with_python
    return lambda base, yours, new: merge_with_git(system, git, base, yours, new)


def merge_with_git(system: System, git: Path, base: Lines, yours: Lines, new: Lines) -> tuple[Piece, ...]:
    """By ``git merge-file``; by merge3 where git gives no answer (an odd build, a temporary folder gone)."""
    sides = _Sides(base, yours, new)
    try:
        with passing_folder("scaffold-merge-") as folder:
            paths = [folder / name for name in ("yours", "base", "new")]
            for path, signs in zip(paths, (sides.yours, sides.base, sides.new), strict=True):
                path.write_bytes(b"".join(signs))
            answer = system.run(
                [git, "merge-file", "-q", "--diff3", *paths],
                timeout=PATIENCE,
                environment=without(system.environment, "GIT_"),
                cwd=folder,
            )
            # the exit status is the number of conflicts, at most 127
            if answer.status is not None and 0 <= answer.status <= 127:
                return tidy(sides.lines_of(_pieces(paths[0].read_bytes().splitlines(keepends=True))))
    except OSError:
        pass
    return merge_with_python(base, yours, new)


def merge_with_python(base: Lines, yours: Lines, new: Lines) -> tuple[Piece, ...]:
    """By the package merge3."""
    from merge3 import Merge3

    sides = _Sides(base, yours, new)

    def pieces() -> Iterator[Piece]:
        for group in Merge3(sides.base, sides.yours, sides.new).merge_groups():
            if group[0] == "conflict":
                yield Clash(tuple(group[1]), tuple(group[2]), tuple(group[3]))
            else:
                yield Clean(tuple(group[1]))

    return tidy(sides.lines_of(pieces()))


class _Sides:
    """Three files, a sign in place of each line: a line of the base has one of its own wherever it stands.

    Engines differ in which of several equal lines (blank ones, brackets) they take for the same; of signs
    there is only one way to match them. What only the user or only the template has bears the sign of its
    content, so that the same addition on both sides is seen to be one.
    """

    def __init__(self, base: Lines, yours: Lines, new: Lines) -> None:
        self._lines: dict[bytes, bytes] = {}
        self._added: dict[bytes, bytes] = {}
        self.base = tuple(self._sign(b"%d\n" % number, line) for number, line in enumerate(base))
        self.yours, self.new = self._side(base, yours), self._side(base, new)

    def lines_of(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The same pieces with the lines that their signs stand for."""
        for piece in pieces:
            if isinstance(piece, Clean):
                yield Clean(self._back(piece.lines))
            else:
                yield Clash(self._back(piece.base or ()), self._back(piece.yours), self._back(piece.new))

    def _side(self, base: Lines, side: Lines) -> Lines:
        known = {number: self.base[other] for other, number in matched(base, side)}
        return tuple(known.get(number) or self._addition(line) for number, line in enumerate(side))

    def _addition(self, line: bytes) -> bytes:
        known = self._added.get(line)
        if known is None:
            known = self._added[line] = self._sign(b"+%d\n" % len(self._added), line)
        return known

    def _sign(self, sign: bytes, line: bytes) -> bytes:
        self._lines[sign] = line
        return sign

    def _back(self, signs: Lines) -> Lines:
        return tuple(self._lines[sign] for sign in signs)


def compare(yours: Lines, new: Lines) -> tuple[Piece, ...]:
    """Two sides of which nobody knows what they were made from: where they differ, somebody must choose."""
    pieces: list[Piece] = []
    at_yours = at_new = 0
    for start, other in (*matched(yours, new), (len(yours), len(new))):
        pieces += [Clash(None, yours[at_yours:start], new[at_new:other]), Clean(yours[start : start + 1])]
        at_yours, at_new = start + 1, other + 1
    return tidy(pieces)


def tidy(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same file in as few pieces as it takes; what both sides of a clash begin or end with is none."""
    found: list[Piece] = []
    for piece in pieces:
        for part in (piece,) if isinstance(piece, Clean) else _trimmed(piece):
            last = found[-1] if found else None
            if isinstance(part, Clean) and isinstance(last, Clean):
                found[-1] = Clean((*last.lines, *part.lines))
            elif not isinstance(part, Clean) or part.lines:
                found.append(part)
    return tuple(found)


def _trimmed(clash: Clash) -> Iterator[Piece]:
    yours, new = clash.yours, clash.new
    if yours == new:
        yield Clean(yours)
        return
    first = common(yours, new)
    last = common(yours[first:][::-1], new[first:][::-1])
    yield Clean(yours[:first])
    yield Clash(clash.base, yours[first : len(yours) - last], new[first : len(new) - last])
    yield Clean(yours[len(yours) - last :])


def common(one: Sequence[object], other: Sequence[object]) -> int:
    """How much two begin with alike.

    >>> common(b"pw=old", b"pw=new")
    3
    """
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _pieces(lines: list[bytes]) -> Iterator[Piece]:
    """What git wrote; no sign is taken for a marker."""
    side = ""
    sides: dict[str, list[bytes]] = {"": [], "<": [], "|": [], "=": []}
    for line in lines:
        mark = line[:1].decode()
        if mark == ">":
            yield Clean(tuple(sides[""]))
            yield Clash(tuple(sides["|"]), tuple(sides["<"]), tuple(sides["="]))
            side, sides = "", {"": [], "<": [], "|": [], "=": []}
        elif mark in sides:
            side = mark
        else:
            sides[side].append(line)
    yield Clean(tuple(sides[""]))
