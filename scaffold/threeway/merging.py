"""Two versions of one file made into one: its content, its mode, what kind of thing it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import diff_bytes, unified_diff
from pathlib import PurePosixPath

from scaffold.projects.snapshot import Entry
from scaffold.threeway.engines import Clash, Clean, Merge, Piece, compare, tidy
from scaffold.threeway.lines import (
    Lines,
    Shape,
    Text,
    as_lines,
    chosen,
    lines_for,
    merged_shape,
    read_text,
    written,
)
from scaffold.threeway.model import Labels
from scaffold.threeway.structured import broken, takes_no_markers

#: What a unified diff says of a last line without a newline.
_UNENDED = b"\n\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of it."""

    entry: Entry
    conflicts: int = 0
    rejected: bytes | None = None  # what is not in the entry and should be
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """How files are merged in one update."""

    merge: Merge
    labels: Labels
    reject: bool = False  # no markers in any file
    modes: bool = os.name != "nt"  # whether this machine's files know who may run them
    settle: Callable[[Clash], Lines | None] = lambda _clash: None  # lines that are surely meant, if any are

    def same(self, one: Entry, other: Entry) -> bool:
        """Whether two entries are the same for whoever works with them here."""
        return self._plain(one) == self._plain(other)

    def untouched(self, base: Entry, yours: Entry) -> bool:
        """Whether the user left every line alone: a checkout may have changed the line endings."""
        if self.same(base, yours):
            return True
        if (
            base.kind != "file"
            or yours.kind != "file"
            or not self.same(base, replace(yours, content=base.content))
        ):
            return False
        one, other = read_text(base.content), read_text(yours.content)
        return one is not None and other is not None and one.lines == other.lines

    def three(self, path: PurePosixPath, base: Entry | None, yours: Entry, new: Entry) -> Merged:
        """Of yours and the template's, which were both made from ``base``; None: nobody knows from what."""
        if base is not None and self._plain(yours) == self._plain(base):
            return Merged(entry=new)
        if yours.kind != "file" or new.kind != "file" or (base is not None and base.kind != "file"):
            return self._whole(base, yours, new, f"a {yours.kind} on one side, a {new.kind} on the other")
        executable = new.executable if base is None else self._mode(base, yours, new)
        content = self._content(path, base, yours, new)
        return replace(content, entry=replace(content.entry, executable=executable))

    def _content(self, path: PurePosixPath, base: Entry | None, yours: Entry, new: Entry) -> Merged:
        if base is not None and new.content == base.content:
            return Merged(entry=yours)
        if base is not None and yours.content == base.content:
            return Merged(entry=new)
        texts = [read_text(one.content) for one in (yours, new)]
        before = None if base is None else read_text(base.content)
        mine, theirs = texts
        if mine is None or theirs is None or (base is not None and before is None):
            return self._whole(base, yours, new, "it is binary: no lines to merge")
        try:
            return self._lines(path, before, mine, theirs, (yours.content, new.content))
        except UnicodeError:  # one side became UTF-16, the other holds what no one knows the encoding of
            return self._whole(base, yours, new, "the two are in different encodings: no lines to merge")

    def _lines(
        self, path: PurePosixPath, base: Text | None, yours: Text, new: Text, sides: tuple[bytes, bytes]
    ) -> Merged:
        shape = merged_shape(None if base is None else base.shape, yours.shape, new.shape)
        ours, theirs = lines_for(yours, shape.newline), lines_for(new, shape.newline)
        if base is None:
            pieces = compare(ours, theirs)
        else:
            pieces = tidy(map(self._settled, self.merge(lines_for(base, shape.newline), ours, theirs)))
        clashes = sum(isinstance(one, Clash) for one in pieces)
        if clashes and not (self.reject or takes_no_markers(path)):
            marked = tuple(self._marked(pieces, mixed=shape.newline == "mixed"))
            return Merged(entry=Entry(written(marked, shape)), conflicts=clashes)
        mine = tuple(line for one in pieces for line in (one.yours if isinstance(one, Clash) else one.lines))
        content = written(mine, shape)
        rejected = self._hunks(path, pieces, mine, shape) if clashes else None
        wrong = broken(path, content, *sides)
        if wrong:
            hunks = self._diff(path, yours.lines, lines_for(new, yours.shape.newline), yours.shape)
            reason = (
                f"merged line by line it would not be {wrong}: yours stays, the difference lies beside it"
            )
            return Merged(entry=Entry(sides[0]), conflicts=1, rejected=hunks, reasons=(reason,))
        reasons = ("programs must be able to read it: conflicts lie beside it, not in it",) if clashes else ()
        return Merged(
            entry=Entry(content),
            conflicts=clashes,
            rejected=rejected,
            reasons=() if self.reject else reasons,
        )

    def _settled(self, piece: Piece) -> Piece:
        lines = self.settle(piece) if isinstance(piece, Clash) else None
        return piece if lines is None else Clean(lines)

    def _marked(self, pieces: tuple[Piece, ...], *, mixed: bool) -> Iterator[bytes]:
        for one in pieces:
            if not isinstance(one, Clash):
                yield from one.lines
                continue
            windows = mixed and any(line.endswith(b"\r\n") for line in (*one.yours, *one.new))
            ending = b"\r\n" if windows else b"\n"
            yield b"<<<<<<< " + self.labels.yours.encode() + ending
            yield from one.yours
            if one.base is not None:
                yield b"||||||| " + self.labels.base.encode() + ending
                yield from one.base
            yield b"=======" + ending
            yield from one.new
            yield b">" * 7 + b" " + self.labels.new.encode() + ending

    def _hunks(self, path: PurePosixPath, pieces: tuple[Piece, ...], mine: Lines, shape: Shape) -> bytes:
        """What turns the file as it will stand into what the template wants there."""
        theirs = tuple(line for one in pieces for line in (one.new if isinstance(one, Clash) else one.lines))
        return self._diff(path, mine, theirs, shape)

    def _diff(self, path: PurePosixPath, mine: Lines, theirs: Lines, shape: Shape) -> bytes:
        """For ``patch``, which goes by every byte of a line and of its ending."""
        names = (f"{path} ({self.labels.yours})".encode(), f"{path} ({self.labels.new})".encode())
        hunks = diff_bytes(unified_diff, as_lines(mine, shape), as_lines(theirs, shape), *names)
        return b"".join(one if one.endswith(b"\n") else one + _UNENDED for one in hunks)

    def _whole(self, base: Entry | None, yours: Entry, new: Entry, why: str) -> Merged:
        if base is not None and self._plain(new) == self._plain(base):
            return Merged(entry=yours)
        return Merged(entry=yours, conflicts=1, rejected=new.content, reasons=(why,))

    def _mode(self, base: Entry, yours: Entry, new: Entry) -> bool:
        return chosen(base.executable, yours.executable, new.executable) if self.modes else new.executable

    def _plain(self, entry: Entry) -> Entry:
        return entry if self.modes else replace(entry, executable=False)
