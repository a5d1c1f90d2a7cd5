"""Conflicts that an earlier update left and nobody has resolved: told by the files themselves."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from scaffold.errors import UpdateRefused
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.threeway.lines import read_text
from scaffold.threeway.model import rejects_of, with_folders

#: Ours, with our names: what a tutorial quotes of git's is none.
_MARKERS = re.compile(rb"^(?:<{7} yours|>{7} template\b.*)\r?$", re.MULTILINE)


def refuse_unresolved(root: Path, yours: Snapshot, made: Snapshot, paths: Iterable[PurePosixPath]) -> None:
    """Raise UpdateRefused (``update-conflicts-left``) for what `unresolved` finds: another would bury it."""
    left = tuple(unresolved(root, yours, made, paths))
    if left:
        raise UpdateRefused(
            "conflicts of an earlier update are not resolved yet",
            detail=left,
            hint="choose in each marked place what shall stay and delete the markers; delete .rej files when "
            "you have what you need of them; or take the update back: scaffold update --undo",
            code="update-conflicts-left",
        )


def marked_line(content: bytes) -> int:
    """The line of the first marker in a file's content, from 1; 0 where it holds none."""
    text = read_text(content)
    lines = text.lines if text is not None else ()
    return next((number for number, line in enumerate(lines, 1) if _MARKERS.match(line)), 0)


def unresolved(
    root: Path, yours: Snapshot, made: Snapshot, paths: Iterable[PurePosixPath] = ()
) -> Iterator[str]:
    """A line for each file that holds markers, or beside which a file of rejected hunks lies.

    What the template itself ``made`` so is none: a page about updates may quote markers. ``paths`` are
    further ones beside which an update may have left something, whatever is there now.
    """
    taken, told = with_folders(made), set[PurePosixPath]()
    for path in sorted({*yours, *paths}):
        found = (_markers(yours.get(path)) - _markers(made.get(path))).total()
        if found:
            yield f"{path}: {(found + 1) // 2} marked"
        place = rejects_of(path, taken)
        if place not in told and os.path.lexists(root / place):
            told.add(place)
            yield f"{place}: what could not be merged into {path.name}"


def _markers(entry: Entry | None) -> Counter[bytes]:
    text = read_text(entry.content) if entry is not None and entry.kind == "file" else None
    return Counter(_MARKERS.findall(b"".join(text.lines)) if text is not None else ())
