"""What is about to change, on the disk before anything changes: new files, and the journal of them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.errors import UpdateRefused
from scaffold.files import NotReadable, read_regular, sync_folder
from scaffold.links import is_link
from scaffold.projects.record import OWN, digest
from scaffold.projects.snapshot import Entry, outside
from scaffold.projects.write import put_entry
from scaffold.results import read_json
from scaffold.threeway.places import JOURNAL
from scaffold.threeway.reading import entry_at
from scaffold.threeway.seal import is_ours, ready, seal

#: A file that takes its second name when things go backwards: a rename needs no room on a full disk.
FORWARDS, BACKWARDS = "forwards", "backwards"

_SCHEMA = "scaffold/update-journal/1"


@dataclass(frozen=True, slots=True)
class Step:
    """One path that changes; None: nothing is there."""

    path: PurePosixPath
    before: Entry | None
    after: Entry | None
    like: PurePosixPath | None = None  # the file that lends its mode where none is at the path


class NotOurs(ValueError):
    """A journal that this user did not write on this machine."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step as the journal knows it: what is there and what will be, by their marks ("": nothing)."""

    number: int
    path: PurePosixPath
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a journal's file says."""

    moves: tuple[Move, ...]
    made: frozenset[PurePosixPath]  # folders that were not there
    about: Mapping[str, Any]


def mark(entry: Entry | None) -> str:
    """What tells two entries apart on this machine."""
    if entry is None:
        return ""
    executable = "x" if entry.executable and os.name != "nt" else ""
    return f"{entry.kind}{executable}:{digest(entry.content)}"


def mark_at(target: Path) -> str:
    """The mark of what is at a path now."""
    try:
        return mark(entry_at(target))
    except (ValueError, NotReadable):
        return "other"  # a device, a file of any size: no step of ours leads from or to it


def stage(root: Path, folder: Path, steps: Iterable[Step], about: Mapping[str, Any]) -> Journal:
    """Write everything that is new, and last, in one rename, the journal. Raises OSError.

    What goes, goes first: it may make room for a folder of the same name. Raises UpdateRefused
    (``update-path-refused``) for a path that is no update's to write, and as `ready` does.
    """
    ready()
    steps = tuple(steps)
    for one in steps:
        _refuse(one.path)
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("new", "old"):
        (folder / name).mkdir(parents=True)
    (folder / ".gitignore").write_bytes(b"*\n")
    (folder / FORWARDS).touch()
    moves = []
    changing = [one for one in steps if mark(one.before) != mark(one.after)]
    for number, step in enumerate(sorted(changing, key=lambda one: one.after is not None)):
        new = folder / "new" / str(number)
        if step.after is not None:
            _put(new, step.after, root, step)
        moves.append(Move(number, step.path, mark(step.before), mark_at(new)))  # as this disk keeps it
    made = {above for one in moves if one.after for above in one.path.parents if not (root / above).is_dir()}
    journal = Journal(moves=tuple(moves), made=frozenset(made), about=about)
    for name in ("new", "old", ""):
        sync_folder(folder / name)
    _commit(folder, journal)
    return journal


def read(folder: Path) -> Journal:
    """The journal of an update, believed where this user wrote it (`NotOurs`).

    Raises OSError, ValueError, KeyError, TypeError, and UpdateRefused as `stage` does.
    """
    document = read_json(read_regular(folder / JOURNAL))
    if document["schema"] != _SCHEMA:
        raise ValueError(f"its schema is {document['schema']!r}")
    if not is_ours(_sealed(document), str(document.get("seal"))):
        raise NotOurs
    journal = Journal(
        moves=tuple(
            Move(int(number), PurePosixPath(path), str(before), str(after))
            for number, path, before, after in document["moves"]
        ),
        made=frozenset(PurePosixPath(one) for one in document["made"]),
        about=document["about"],
    )
    for one in journal.moves:
        _refuse(one.path)
    return journal


def readable(folder: Path) -> Journal:
    """The journal of an update that ended in the midst.

    Raises UpdateRefused (``update-journal-foreign``, ``update-journal-damaged``).
    """
    try:
        return read(folder)
    except NotOurs as problem:
        raise UpdateRefused(
            f"{folder} tells of an interrupted update that this user did not begin on this machine",
            detail=("nothing of it was done: it could have come with what you cloned or copied",),
            hint=f"if it is nobody's, delete {folder}; if it is yours, of another machine or user, end the "
            f"update there, or bring back by hand what lies in {folder / 'old'}",
            code="update-journal-foreign",
        ) from problem
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UpdateRefused(
            f"the journal of an interrupted update, {folder / JOURNAL}, cannot be read",
            detail=(f"{type(problem).__name__}: {problem}",),
            hint=f"upgrade scaffold; or bring back by hand what was replaced (it lies in {folder / 'old'}), "
            f"and then delete {folder}",
            code="update-journal-damaged",
        ) from problem


def discard(folder: Path) -> None:
    """Delete a journal and what belongs to it; the journal first, for half of it must not be believed."""
    if is_link(folder):  # what it leads to is not the project's
        folder.unlink()
        return
    (folder / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _refuse(path: PurePosixPath) -> None:
    """The last wall, whatever a template, a record or a journal asks for."""
    why = outside(path)
    if not why and path.parts[0].casefold() == ".scaffold" and path not in OWN:
        why = "is kept for scaffold itself"
    if why:
        raise UpdateRefused(
            f"the update is not made: {str(path)!r} {why}",
            hint="tell the author of the template, or of the project that you have this from",
            code="update-path-refused",
        )


def _put(new: Path, entry: Entry, root: Path, step: Step) -> None:
    """A new file; what stands in its place lends it its mode."""
    put_entry(new, entry)
    if entry.kind != "file":
        return
    mode = new.stat().st_mode & 0o777
    for one in filter(None, (step.path, step.like)):
        model = root / one
        if model.is_file() and not is_link(model):
            mode = model.stat().st_mode & 0o777
            break
    new.chmod(mode | (mode & 0o444) >> 2 if entry.executable else mode & ~0o111)


def _commit(folder: Path, journal: Journal) -> None:
    partial = folder / f"{JOURNAL}.partial"
    document = {
        "schema": _SCHEMA,
        "about": dict(journal.about),
        "made": sorted(str(one) for one in journal.made),
        "moves": [[one.number, str(one.path), one.before, one.after] for one in journal.moves],
    }
    with partial.open("xb") as stream:
        stream.write(json.dumps({**document, "seal": seal(_sealed(document))}, indent=1).encode())
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(folder / JOURNAL)
    sync_folder(folder)


def _sealed(document: Mapping[str, Any]) -> bytes:
    """What a seal is of: everything but the seal."""
    return json.dumps(
        {name: one for name, one in document.items() if name != "seal"}, sort_keys=True
    ).encode()
