"""A project's files, on disk or as a template would render them, for whoever only reads."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Protocol

from scaffold.projects.snapshot import Snapshot
from scaffold.projects.walk import (
    CODE,
    LONGEST,
    Listing,
    is_taken,
    listing,
    may_hold_code,
    read_text,
    text_of,
)

#: Bytes. A notebook holds its pictures, too.
LONGEST_NOTEBOOK = 8 << 20

NOTEBOOK = ".ipynb"


class Contents(Protocol):
    """What discovery asks for."""

    @property
    def listing(self) -> Listing:
        """Code, notebooks and texts below the project, upper levels first."""

    def text(self, name: str) -> str | None:
        """A file's text, also of one that is not listed; None where there is none to read in the project."""

    def names(self, folder: str = "") -> tuple[str, ...]:
        """What lies in a folder, sorted; () where there is no such folder."""


class FolderContents:
    """A project on disk."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self._folder = folder
        self._listing = listing(folder, home, _is_listed)
        self._texts: dict[str, str | None] = {}

    @property
    def listing(self) -> Listing:
        """Code, notebooks and texts."""
        return self._listing

    def text(self, name: str) -> str | None:
        """A file's text, read once."""
        if name not in self._texts:
            path = inside(name)
            longest = LONGEST_NOTEBOOK if name.endswith(NOTEBOOK) else LONGEST
            found = read_text(self._folder / path, longest) if path else None
            self._texts[name] = found[0] if found else None
        return self._texts[name]

    def names(self, folder: str = "") -> tuple[str, ...]:
        """What lies in a folder."""
        try:
            return tuple(sorted(one.name for one in (self._folder / folder).iterdir()))
        except OSError:
            return ()  # none, or not ours to read


class SnapshotContents:
    """A project that lies nowhere yet."""

    def __init__(self, files: Snapshot) -> None:
        self._files = files
        own = (one for one, entry in files.items() if entry.kind == "file" and _is_own(one))
        self._listing = Listing(files=tuple(map(str, sorted(own, key=lambda one: (len(one.parts), one)))))

    @property
    def listing(self) -> Listing:
        """Code, notebooks and texts."""
        return self._listing

    def text(self, name: str) -> str | None:
        """A file's text."""
        path = inside(name)
        entry = self._files.get(PurePosixPath(path)) if path else None
        return text_of(entry.content) if entry is not None and entry.kind == "file" else None

    def names(self, folder: str = "") -> tuple[str, ...]:
        """What lies in a folder."""
        parts = PurePosixPath(folder).parts
        depth = len(parts)
        below = (one.parts for one in self._files if one.parts[:depth] == parts and len(one.parts) > depth)
        return tuple(sorted({one[depth] for one in below}))


def code(contents: Contents) -> tuple[str, ...]:
    """The files of Python."""
    return tuple(contents.listing.ending(*CODE))


def read_in(root: Path) -> Callable[[str], str | None]:
    """Reads single files of a project by their paths below its root; nothing outside of it."""

    def read(name: str) -> str | None:
        path = inside(name)
        found = read_text(root / path, LONGEST_NOTEBOOK) if path else None
        return found[0] if found else None

    return read


def inside(name: str) -> str:
    """A path below the project without ``..``; "" for one that leads out.

    >>> inside("requirements/../base.txt"), inside("../secret"), inside("/etc/passwd")
    ('base.txt', '', '')
    """
    path = posixpath.normpath(name.replace("\\", "/"))
    out = path.startswith(("/", "..")) or ":" in path
    return "" if out else path


def _is_listed(name: str) -> bool:
    return is_taken(name) or name.endswith(NOTEBOOK)


def _is_own(path: PurePosixPath) -> bool:
    return _is_listed(path.name) and all(may_hold_code(one) for one in path.parts[:-1])
