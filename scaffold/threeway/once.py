"""Files that a template gives once (copier: ``_skip_if_exists``): the user's as soon as they are there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

from scaffold.projects.snapshot import Snapshot


def left_to_user(
    new: Snapshot, base: Snapshot | None, yours: Snapshot, once: Collection[PurePosixPath]
) -> Snapshot:
    """What the template gives now, with such files as they were given when the project was made.

    >>> from scaffold.projects.snapshot import Entry
    >>> notes, was, now = PurePosixPath("notes.md"), Entry(b"then"), Entry(b"now")
    >>> left_to_user({notes: now}, {notes: was}, {notes: Entry(b"mine")}, [notes]) == {notes: was}
    True
    >>> left_to_user({notes: now}, {}, {notes: Entry(b"mine")}, [notes])
    {}
    """
    there = {path for path in once if path in yours}
    as_given = {path: one for path, one in (base or {}).items() if path in there}
    return {**{path: one for path, one in new.items() if path not in there}, **as_given}
