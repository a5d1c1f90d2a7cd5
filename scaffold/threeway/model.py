"""What an update makes of each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, get_args

from scaffold.projects.snapshot import Entry

#: unchanged: as it was; taken: the template's, which you had left alone; kept: yours, which the template left
#: alone or you want so; merged: both; conflict: somebody must choose; added and removed: by the template.
FileClass = Literal["unchanged", "taken", "kept", "merged", "conflict", "added", "removed"]

CLASSES: tuple[FileClass, ...] = get_args(FileClass)

#: What could not be merged lies beside the file under its name with this ending.
REJECTED = ".rej"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the sides are called in markers, in files of rejected hunks and in reasons."""

    new: str  # template 1.2.0
    yours: str = "yours"
    base: str = "before"  # template 1.1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One path of the project: what is there, what will be there, and why."""

    path: PurePosixPath
    kind: FileClass
    before: Entry | None = None
    after: Entry | None = None  # None: nothing
    reasons: tuple[str, ...] = ()
    conflicts: int = 0  # places that are marked, or rejected
    rejected: bytes | None = None  # what could not be merged, which goes to `beside`
    beside: PurePosixPath | None = None  # `path`.rej, mostly
    origin: PurePosixPath | None = None  # what the template calls it, where the user or it renamed it
    waits: bool = False  # nothing can be put there now: the next update tries again
    #: Lines that may be printed, where secrets are in the file: those that the template has without any.
    open_lines: frozenset[bytes] | None = None

    @property
    def marked(self) -> bool:
        """Whether the file will hold markers."""
        return self.kind == "conflict" and self.rejected is None and not self.waits


def rejects_of(path: PurePosixPath, taken: Container[PurePosixPath]) -> PurePosixPath:
    """Where what could not be merged into a file lies; a template may itself have a file of that name.

    >>> rejects_of(PurePosixPath("a"), {PurePosixPath("a.rej")})
    PurePosixPath('a.rej.rej')
    """
    found = path.with_name(path.name + REJECTED)
    while found in taken:
        found = found.with_name(found.name + REJECTED)
    return found


def with_folders(paths: Iterable[PurePosixPath]) -> set[PurePosixPath]:
    """Paths, and the folders that they lie in."""
    return {one for path in paths for one in (path, *path.parents)}


def counts(changes: tuple[FileChange, ...]) -> Mapping[FileClass, int]:
    """How many files of each class, every class named."""
    found = Counter(one.kind for one in changes)
    return {kind: found[kind] for kind in CLASSES}
