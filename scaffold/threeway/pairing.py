"""Which file of one side is which of another, where somebody gave it another name or moved it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from scaffold.projects.snapshot import Snapshot
from scaffold.threeway.matching import matched

#: Of lines in common; git's measure of a rename.
ALIKE = 0.6

#: Bytes. A file of fewer is like many others, and one of more is no template's.
SMALLEST, LARGEST = 24, 1 << 20


def renamed(gone: Snapshot, candidates: Snapshot) -> Mapping[PurePosixPath, PurePosixPath]:
    """Of files that are gone, the name under which each is still there; every candidate is one's at most.

    The most alike pair first; equal ones are told apart by their names.
    """
    lost, there = _known(gone), _known(candidates)
    scores = sorted(
        (
            (score, _names(old, new), old, new)
            for old, one in lost.items()
            for new, other in there.items()
            if (old.suffix == new.suffix or old.name == new.name) and (score := one.alike(other)) >= ALIKE
        ),
        key=lambda row: (-row[0], -row[1], row[2], row[3]),
    )
    found: dict[PurePosixPath, PurePosixPath] = {}
    taken: set[PurePosixPath] = set()
    for _, _, old, new in scores:
        if old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


class _Content:
    """The lines of a file, and how often each stands in it: most pairs of files are told apart by that."""

    def __init__(self, content: bytes) -> None:
        self.lines = content.replace(b"\r\n", b"\n").split(b"\n")
        self.counts = Counter(self.lines)

    def alike(self, other: _Content) -> float:
        """How much of two files is the same, 0 to 1; 0 for what is less than `ALIKE` in any order."""
        whole = len(self.lines) + len(other.lines)
        if 2 * min(len(self.lines), len(other.lines)) < ALIKE * whole:
            return 0.0
        shared = sum(min(count, other.counts[line]) for line, count in self.counts.items())
        if 2 * shared < ALIKE * whole:
            return 0.0
        if self.lines == other.lines:
            return 1.0
        return 2 * len(matched(tuple(self.lines), tuple(other.lines))) / whole


def _known(files: Snapshot) -> Mapping[PurePosixPath, _Content]:
    """What is too small to tell, too large for a template, or no file, is not looked at."""
    return {
        path: _Content(one.content)
        for path, one in files.items()
        if one.kind == "file" and SMALLEST <= len(one.content) <= LARGEST
    }


def _names(old: PurePosixPath, new: PurePosixPath) -> int:
    """How alike two paths are: the ending, the name, the folder."""
    return (old.suffix == new.suffix) + 2 * (old.name == new.name) + (old.parent == new.parent)
