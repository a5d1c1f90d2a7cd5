"""Take ``.idea`` back: what we made there and nobody changed goes, and our rows in files of others."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import IdeFileBroken
from scaffold.files import clear_remains, not_written, read_present
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.project import record as records
from scaffold.pycharm.project.idea import FOLDER, refuse_foreign_folder
from scaffold.pycharm.project.idea_plan import IdeaFile, IdeaPlan
from scaffold.pycharm.project.merge import merged_idea
from scaffold.pycharm.project.record import RECORD
from scaffold.pycharm.project.write import write_idea


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes, and what stays because it is not as we left it. Paths are below the project."""

    plan: IdeaPlan
    gone: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()  # files of others that lose our rows
    kept: tuple[str, ...] = ()


def plan_removal(root: Path, project: IdeProject, *, home: Path | None = None) -> Removal:
    """What taking ``.idea`` back comes to; nothing is written. Raises TargetOccupied, NoPermission."""
    refuse_foreign_folder(root)
    recorded = records.parse(read_present(root / RECORD))
    existing = {path: content for path in recorded if (content := read_present(root / path)) is not None}
    whole = {path for path, one in recorded.items() if one.whole}
    changed = {
        path for path in whole & existing.keys() if records.digest(existing[path]) != recorded[path].sha256
    }
    files: list[IdeaFile] = []
    kept = sorted(changed)
    for path in sorted(existing.keys() - changed):
        try:
            files += _without(root, project, path, existing[path], read_present(root / RECORD), home)
        except IdeFileBroken:
            kept.append(path)
    return Removal(
        plan=IdeaPlan(root=root, files=tuple(files), record=records.to_bytes({})),
        gone=tuple(one.path for one in files if one.action == "remove"),
        mended=tuple(one.path for one in files if one.action == "merge"),
        kept=tuple(kept),
    )


def _without(
    root: Path, project: IdeProject, path: str, content: bytes, record: bytes | None, home: Path | None
) -> tuple[IdeaFile, ...]:
    """One file without anything of ours in it. Raises IdeFileBroken where somebody's is no XML."""
    existing = {path: content, **({str(RECORD): record} if record is not None else {})}
    return tuple(
        replace(one, backup="") if one.action == "remove" else one
        for one in merged_idea(existing, project, {}, root=root, home=home).files
    )


def remove_idea(removal: Removal) -> None:
    """Carry it out. The folder goes where nothing is left in it. Raises NoPermission, NoSpace."""
    root = removal.plan.root
    for path in (*records.parse(read_present(root / RECORD)), str(RECORD)):
        clear_remains(root / path)
    if not (root / RECORD).exists():
        return
    write_idea(removal.plan)
    try:
        (root / RECORD).unlink(missing_ok=True)
    except OSError as problem:
        raise not_written(root / RECORD, problem) from problem
    for folder in (root / FOLDER / "runConfigurations", root / FOLDER):
        with contextlib.suppress(OSError):  # somebody's file is in it
            folder.rmdir()
