"""``scaffold ide tune --undo``: what was changed becomes as it was; what the user changed since stays."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.errors import NotAProject, OptionRefused
from scaffold.files import not_written, replace_file
from scaffold.pycharm.installations.vmoptions import heap_of, with_heap, without_heap
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.registration.store import data_folder

if TYPE_CHECKING:
    from scaffold.ide.tune import HeapStep
    from scaffold.system import System

SCHEMA = "scaffold/ide-tune-backup/1"


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


def remember(system: System, step: HeapStep) -> None:
    """Keep a file's bytes before it is changed; of two changes in a row, what was before the first."""
    assert step.file is not None
    note = _note(system, step.file)
    older = _read(note)
    began = older if older is not None and heap_of(step.content or b"") == older["after"] else None
    first = step.content if began is None else began["content"]
    values = {
        "schema": SCHEMA,
        "file": str(step.file),
        "content": None if first is None else base64.b64encode(first).decode(),
        "after": step.after,
        "hash": hashlib.sha256(step.wanted).hexdigest(),
    }
    replace_file(note, json.dumps(values, indent=2).encode())


def plan_undo(system: System, start: Path) -> UndoPlan:
    """All that tune changed, of PyCharm's memory and of this project; OptionRefused where that is nothing."""
    folder = data_folder(system) / "tune"
    names = system.list_folder(folder)
    files = tuple(one for name in names if (one := _back(folder / name)) is not None)
    root, kept, changes = _of_project(system, start)
    if not files and not changes:
        raise OptionRefused("scaffold ide tune has changed nothing that could be taken back")
    return UndoPlan(root=root, changes=changes, backups=kept, files=files)


def _of_project(system: System, start: Path) -> tuple[Path | None, Path | None, tuple[Change, ...]]:
    """The project, its backups, and what they bring back; outside of a project there is none of it."""
    from scaffold.ide.tune import place
    from scaffold.pycharm.reading.project_files import find_root

    try:
        root = find_root(start, system)
    except NotAProject:
        return None, None, ()
    kept = place(system, root, ours=system.exists(root / ".scaffold" / "project.json"))
    there = kept.is_dir() and any(kept.iterdir())
    return root, kept, backups.undo(root, kept) if there else ()


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


def _back(note: Path) -> FileBack | None:
    from scaffold.ide.tune import present

    values = _read(note)
    if values is None:
        return None
    file, before, after = Path(values["file"]), values["content"], values["after"]
    there = present(file)
    if there is None:
        return FileBack(note=note, file=file, content=None, action="is gone already", left=True)
    if hashlib.sha256(there).hexdigest() == values["hash"]:
        action = "becomes as it was" if before is not None else "goes: it was not there"
        return FileBack(note=note, file=file, content=before, action=action)
    if heap_of(there) != after:
        return FileBack(
            note=note, file=file, content=there, action="has another heap since: it stays", left=True
        )
    was = heap_of(before or b"")
    content = without_heap(there, after) if was is None else with_heap(there, was)
    return FileBack(note=note, file=file, content=content, action="gets its heap back; the rest stays")


def _note(system: System, file: Path) -> Path:
    mark = hashlib.sha256(str(file).encode()).hexdigest()[:16]
    return data_folder(system) / "tune" / f"{mark}.json"


def _read(note: Path) -> dict[str, Any] | None:
    """A note of ours; None for anything else."""
    try:
        values = json.loads(note.read_text(encoding="utf-8"))
        content = values["content"]
        return {
            "file": str(values["file"]),
            "content": None if content is None else base64.b64decode(content),
            "after": int(values["after"]),
            "hash": str(values["hash"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as refusal:
        raise not_written(path, refusal) from refusal
