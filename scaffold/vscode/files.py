"""An editor's files in a project, planned and written: VS Code's below ``.vscode``, or another's place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.errors import TargetOccupied
from scaffold.files import clear_remains, not_written, read_present, read_regular, replace_file
from scaffold.projects.menu import MenuEntry
from scaffold.projects.model import Tree
from scaffold.vscode.launch import launch_pieces
from scaffold.vscode.merge import HOLDER, Change, Ours, holder_address, merged, under_way, without
from scaffold.vscode.model import Piece, Place, VscodeProject, place_of
from scaffold.vscode.settings import extension_pieces, settings_pieces, task_pieces

#: The record is committed with the files, so that every clone knows; git ignores the backups.
VSCODE = place_of(".vscode", record="scaffold.json", backups=".scaffold/before-vscode")
SCHEMA = "scaffold/vscode/1"

#: Path below the project's root -> the pieces that belong into that file.
Pieces = Mapping[PurePosixPath, tuple[Piece, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """What becomes of one file."""

    path: PurePosixPath
    before: bytes | None  # None: it is not there
    after: bytes | None  # None: it goes
    changes: tuple[Change, ...] = ()
    backup: PurePosixPath | None = None  # where the user's own file is kept

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class VscodePlan:
    """All that will be written, decided."""

    root: Path
    files: tuple[FilePlan, ...]  # the record last
    under_way: bytes | None = None  # the record while they are being written; None: it stays as it is

    @property
    def changed(self) -> tuple[FilePlan, ...]:
        """The files that will be other than they are."""
        return tuple(one for one in self.files if one.changed)


def project_pieces(project: VscodeProject, entries: Iterable[MenuEntry]) -> Pieces:
    """Every file of a project, as pieces. Raises TemplateBroken for a row that VS Code would misread."""
    return {
        VSCODE.folder / "launch.json": launch_pieces(project.runs, project.sources),
        VSCODE.folder / "tasks.json": task_pieces(entries, project.runs),
        VSCODE.folder / "settings.json": settings_pieces(project),
        VSCODE.folder / "extensions.json": extension_pieces(),
    }


def fresh_files(project: VscodeProject, entries: Iterable[MenuEntry]) -> Tree:
    """The files of a project that has none yet."""
    made = {
        path: merged(None, pieces, {}, Path(path))
        for path, pieces in project_pieces(project, entries).items()
    }
    record = _record_content({path: _Known(ours=one.ours, made=True) for path, one in made.items()})
    return {**{path: one.content for path, one in made.items()}, VSCODE.record: record}


def plan_files(root: Path, wanted: Pieces, place: Place = VSCODE) -> VscodePlan:
    """What becomes of the files; nothing is written. Raises IdeFileBroken, NoPermission, TargetOccupied."""
    known = _read_record(root, place)
    if wanted or known:
        _refuse_foreign_folder(root, place)
    plans, after = [], dict[PurePosixPath, _Known]()
    for path, pieces in wanted.items():
        present, one = read_present(root / path), known.get(path, _Known())
        result = merged(present, pieces, one.ours, root / path)
        is_first = present is not None and not one.ours and not one.made
        backup = place.backups / path.name if is_first else None
        plan = FilePlan(path=path, before=present, after=result.content, changes=result.changes)
        plans.append(_with_backup(plan, backup))
        was = _mark(present) if is_first else one.was if _mark(present) in (one.was, one.left) else ""
        left = _mark(result.content) if was else ""
        after[path] = _Known(ours=result.ours, made=present is None or one.made, was=was, left=left)
    plans += [_plan_without(root, place, path, known[path]) for path in sorted(known.keys() - wanted.keys())]
    before = read_present(root / place.record)
    plans.append(FilePlan(path=place.record, before=before, after=_record_content(after) if after else None))
    between = {
        path: replace(one, ours=under_way(known.get(path, _Known()).ours, one.ours))
        for path, one in {**known, **after}.items()
    }
    return VscodePlan(root=root, files=tuple(plans), under_way=_record_content(between))


def plan_undo(root: Path, place: Place = VSCODE) -> VscodePlan:
    """The files without what is ours; one that we made and that holds nothing else goes."""
    known = _read_record(root, place)
    plans = [_plan_without(root, place, path, one) for path, one in sorted(known.items())]
    present = read_present(root / place.record)
    plans.append(FilePlan(path=place.record, before=present, after=None))
    return VscodePlan(root=root, files=tuple(plans))


def carry_out(plan: VscodePlan) -> None:
    """Write what the plan says, each file at once or not at all; backups come first.

    Killed at any moment, the record tells what may be ours, and the next run goes on from there.
    Raises TargetOccupied where a file was changed since the plan was made; NoPermission, NoSpace.
    """
    for one in plan.changed:
        if read_present(plan.root / one.path) != one.before:
            raise TargetOccupied(
                f"{plan.root / one.path} was changed while this command looked at it",
                hint="Run the command again",
            )
    for one in plan.files:
        for path in (one.path, one.backup or one.path):
            clear_remains(plan.root / path)  # of a run that was killed
    for one in plan.changed:
        if one.backup is not None and one.before is not None and not (plan.root / one.backup).exists():
            replace_file(plan.root / one.backup, one.before)
    *files, record = plan.files
    if plan.under_way is not None and any(one.changed for one in files):
        replace_file(plan.root / record.path, plan.under_way)
    for one in plan.changed:
        _write(plan.root / one.path, one.after)


def _write(path: Path, content: bytes | None) -> None:
    if content is not None:
        replace_file(path, content)
        return
    try:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as problem:
        raise not_written(path, problem) from problem


def _with_backup(plan: FilePlan, backup: PurePosixPath | None) -> FilePlan:
    if backup is None or not plan.changed:
        return plan
    return replace(plan, backup=backup)


def _plan_without(root: Path, place: Place, path: PurePosixPath, known: _Known) -> FilePlan:
    present = read_present(root / path)
    if present is None:
        return FilePlan(path=path, before=None, after=None)
    former = read_present(root / place.backups / path.name) if known.was else None
    former = former if _mark(former) == known.was else None
    result = without(present, known.ours, root / path, former)
    if former is not None and _mark(present) == known.left:
        # nobody changed it since: the user's own bytes, down to the blanks
        return FilePlan(path=path, before=present, after=former, changes=result.changes)
    empty = known.made and result.content.strip() == b"{}"
    return FilePlan(
        path=path, before=present, after=None if empty else result.content, changes=result.changes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the record says of one file."""

    ours: Ours = field(default_factory=dict)
    made: bool = False  # we made the file
    was: str = ""  # sha256 of the user's file before we first wrote into it, and
    left: str = ""  # as we left it last; "" where anybody else changed it in between


def _mark(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""


def _record_content(known: Mapping[PurePosixPath, _Known]) -> bytes:
    files = {
        str(path): {
            "made": one.made,
            **({"was": one.was, "left": one.left} if one.was else {}),
            "holders": [pointer(at[1:]) for at in one.ours if at[0] == HOLDER],
            "pieces": {pointer(at): mark for at, mark in one.ours.items() if at[0] != HOLDER},
        }
        for path, one in sorted(known.items())
    }
    text = json.dumps({"schema": SCHEMA, "files": files}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def _read_record(root: Path, place: Place) -> dict[PurePosixPath, _Known]:
    """A record that cannot be read counts as none: every piece is the user's then."""
    try:
        files: Mapping[str, Any] = json.loads(read_regular(root / place.record))["files"]
        named = ((PurePosixPath(name), one) for name, one in files.items())
        # it comes with a clone, from anybody: it leads to no file but those beside it
        return {
            path: _known(one) for path, one in named if path.parent == place.folder and path != place.record
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _known(one: Mapping[str, Any]) -> _Known:
    holders = {holder_address(address(at)): "" for at in one["holders"]}
    pieces = {address(at): str(mark) for at, mark in one["pieces"].items()}
    was, left = str(one.get("was", "")), str(one.get("left", ""))
    return _Known(ours={**holders, **pieces}, made=one["made"] is True, was=was, left=left)


def pointer(keys: Iterable[str]) -> str:
    """Keys as a JSON pointer (RFC 6901).

    >>> pointer(("search.exclude", "data/**"))
    '/search.exclude/data~1**'
    """
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def address(text: str) -> tuple[str, ...]:
    """The keys of a JSON pointer; ValueError for a text that is none.

    >>> address("/search.exclude/data~1**")
    ('search.exclude', 'data/**')
    """
    if not text.startswith("/"):
        raise ValueError(f"{text!r} is no JSON pointer")
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in text[1:].split("/"))


def _refuse_foreign_folder(root: Path, place: Place) -> None:
    """Nothing is written over a file, nor through a link that a clone may bring."""
    folder = root / place.folder
    is_link = folder.is_symlink() and not place.may_be_link
    if is_link or (folder.exists() and not folder.is_dir()):
        raise TargetOccupied(
            f"{folder} is no ordinary folder, so nothing was written there",
            hint=f"Move {folder} away and try again",
        )
