"""A project as VS Code sees it, and the pieces of its files that are ours."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scaffold.projects.model import RunConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class VscodeProject:
    """What VS Code's files say of a project. Paths are below its root, with ``/``."""

    name: str
    runs: tuple[RunConfiguration, ...]
    sources: tuple[str, ...] = ("src",)
    tests: tuple[str, ...] = ("tests",)
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder of a project in which an editor's files stand, and how it is dealt with."""

    folder: PurePosixPath
    record: PurePosixPath  # what of those files is ours; it lies in the folder
    backups: PurePosixPath  # where a file of the user's is kept as it was before its first change
    may_be_link: bool  # whether the folder may lie elsewhere: on this machine, never by way of a clone


def place_of(folder: str, *, record: str, backups: str, may_be_link: bool = False) -> Place:
    """The place with that folder, below the project's root."""
    there = PurePosixPath(folder)
    return Place(folder=there, record=there / record, backups=PurePosixPath(backups), may_be_link=may_be_link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One value in one file: a member of an object, or an element of an array.

    In an array, an element is known by its name (``configurations``, ``tasks``), or is its own name
    (``recommendations``).
    """

    holder: tuple[str, ...]  # the keys that lead to the object or the array
    name: str  # the member's key, or what the element is known by
    value: Any

    @property
    def address(self) -> tuple[str, ...]:
        """What tells it from every other piece of its file."""
        return (*self.holder, self.name)

    @property
    def known_by(self) -> str | None:
        """In an array of objects: the key under which an element's name stands. "" in one of plain values.

        None where the holder is an object.
        """
        return _ARRAYS.get(self.holder[-1]) if self.holder else None


#: Arrays in which pieces of ours stand among those of others.
_ARRAYS = {
    "configurations": "name",
    "compounds": "name",
    "tasks": "label",
    "recommendations": "",
    "python.analysis.extraPaths": "",
}


def fingerprint(value: Any) -> str:
    """The sha256 of a value, however it is laid out in a file."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
