"""``scaffold ide tune --undo``: what was changed becomes as it was; what the user changed since stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import NotAProject, OptionRefused
from scaffold.files import not_written, read_present, replace_file
from scaffold.ide.open_ides import open_ides
from scaffold.ide.tune_notes import Note, notes
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.reading.project_files import find_root

if TYPE_CHECKING:
    from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBack:
    """A file of JVM options. ``content`` None: it goes away, for it was not there before."""

    note: Path
    file: Path
    content: bytes | None
    action: str  # what becomes of it, in words
    left: bool = False  # the user changed it since: it stays


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """What `carry_out` brings back."""

    root: Path | None
    changes: tuple[Change, ...]
    backups: Path | None
    files: tuple[FileBack, ...]
    open: tuple[str, ...] = ()  # IDEs that may write their own state over the changes


def plan_undo(system: System, start: Path) -> UndoPlan:
    """All that tune changed, of PyCharm's memory and of this project; OptionRefused where that is nothing."""
    files = tuple(_back(note) for note in notes(system))
    root, kept, changes = _of_project(system, start)
    if not files and not changes:
        raise OptionRefused("scaffold ide tune has changed nothing that could be taken back")
    return UndoPlan(root=root, changes=changes, backups=kept, files=files, open=open_ides(changes, system))


def _of_project(system: System, start: Path) -> tuple[Path | None, Path | None, tuple[Change, ...]]:
    """The project, its backups, and what they bring back; outside of a project there is none of it."""
    try:
        root = find_root(start, system)
    except NotAProject:
        return None, None, ()
    ours = system.exists(root / ".scaffold" / "project.json")
    kept = backups.place(root, system, ours=ours, of="tune")
    try:
        return root, kept, backups.undo(root, kept)
    except OptionRefused:  # of the project there is nothing to take back
        return root, kept, ()


def carry_out(plan: UndoPlan) -> None:
    """Write it. Raises NoPermission, NoSpace."""
    if plan.changes and plan.root is not None and plan.backups is not None:
        backups.take_back(plan.root, plan.changes, plan.backups)
    for one in plan.files:
        if not one.left and one.content is None:
            _delete(one.file)
        elif not one.left and one.content is not None:
            replace_file(one.file, one.content)
        _delete(one.note)


def _back(note: Note) -> FileBack:
    there = read_present(note.file)
    if there is None:
        action = "is gone already"
    elif not note.is_in(there):
        action = "has another heap since: it stays"
    else:
        content = note.taken_back(there)
        if content is None:
            action = "goes: it was not there"
        elif note.is_as_written(there):
            action = "becomes as it was"
        else:
            action = "gets its heap back; the rest stays"
        return FileBack(note=note.place, file=note.file, content=content, action=action)
    return FileBack(note=note.place, file=note.file, content=None, action=action, left=True)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as refusal:
        raise not_written(path, refusal) from refusal
