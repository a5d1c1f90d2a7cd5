"""Copies of every file that is about to be changed, and the way back.

A folder for each time: the files as they were, and ``changes.json`` with the hash of what was written,
so that nothing that was changed since is ever written over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.files import not_written, read_present, read_regular, replace_file
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.registration.store import data_folder

if TYPE_CHECKING:
    from scaffold.system import System

SCHEMA = "scaffold/ide-check-backup/1"
LIST = "changes.json"

#: Backups of one project; the oldest go first.
_KEPT = 20


def place(root: Path, system: System, *, ours: bool, of: str = "") -> Path:
    """Where a project's backups lie: with it where scaffold made it, else in the user's data folder.

    ``of``: the command whose they are; ``check`` has the folder without a name.
    """
    more = f"-{of}" if of else ""
    if ours:
        return root / ".scaffold" / f"backups{more}"
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    return data_folder(system) / "projects" / f"{root.name}-{mark}{more}"


def carry_out(root: Path, changes: Sequence[Change], folder: Path) -> Path:
    """Back every file up, then write them all; where one cannot be written, all become as they were.

    Returns the backup's folder. Raises ScaffoldError (file-changed) where a file is not any more what the
    changes were made from; NoPermission, NoSpace.
    """
    for one in changes:
        if read_present(root / one.path) != one.before:
            raise ScaffoldError(
                f"{root / one.path} was changed by someone else in the meantime",
                hint="try again",
                code="file-changed",
            )
    backup = folder / datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%S.%fZ")
    try:
        _keep(changes, backup)
        _write(root, changes)
    except BaseException:
        if _are_as_before(root, changes):
            _forget(backup)
        raise
    for old in sorted(folder.iterdir())[:-_KEPT]:
        _forget(old)
    return backup


def _write(root: Path, changes: Sequence[Change]) -> None:
    """All of them, or none."""
    done: list[Change] = []
    try:
        for one in changes:
            done.append(one)
            _put(root / one.path, one.after)
    except BaseException:
        for one in reversed(done):
            with contextlib.suppress(ScaffoldError):  # the backup holds it all the same
                _put(root / one.path, one.before)
        raise


def _are_as_before(root: Path, changes: Sequence[Change]) -> bool:
    try:
        return all(read_present(root / one.path) == one.before for one in changes)
    except ScaffoldError:
        return False


def _keep(changes: Sequence[Change], backup: Path) -> None:
    for one in changes:
        if one.before is not None:
            replace_file(backup / "files" / one.path, one.before)
    rows = [
        {"path": one.path, "before": one.before is not None, "after": _hash(one.after)} for one in changes
    ]
    replace_file(backup / LIST, f"{json.dumps({'schema': SCHEMA, 'files': rows}, indent=2)}\n".encode())


def undo(root: Path, folder: Path) -> tuple[Change, ...]:
    """What the latest backup that changed anything would bring back.

    Raises OptionRefused where there is none, ScaffoldError (file-changed) where a file was changed since.
    """
    return _way_back(root, folder)[0]


def take_back(root: Path, changes: Sequence[Change], folder: Path) -> None:
    """Write what `undo` found, all or nothing, and forget that backup with the later ones.

    Raises NoPermission, NoSpace, ScaffoldError (file-changed).
    """
    found, done_with = _way_back(root, folder)
    if found != tuple(changes):
        raise ScaffoldError(
            f"Files in {root} were changed by someone else in the meantime",
            detail=tuple(one.path for one in found),
            hint="try again",
            code="file-changed",
        )
    _write(root, found)
    for backup in done_with:
        _forget(backup)


def _way_back(root: Path, folder: Path) -> tuple[tuple[Change, ...], list[Path]]:
    """The changes, and the backups that are spent with them.

    One whose files are all as they were is passed over: it was killed before it wrote, or taken back by hand.
    """
    done_with: list[Path] = []
    for listed in sorted(folder.glob(f"*/{LIST}"), reverse=True):
        done_with.append(listed.parent)
        changes = _brought_back(root, listed)
        if changes:
            return changes, done_with
    raise OptionRefused(f"There is nothing to take back in {root}", detail=(f"no backup in {folder}",))


def _brought_back(root: Path, listed: Path) -> tuple[Change, ...]:
    """What one backup would bring back."""
    changes = []
    for row in _rows(listed):
        path, was = row["path"], listed.parent / "files" / row["path"]
        present, before = read_present(root / path), read_present(was) if row["before"] else None
        if present == before:
            continue  # it was never written: --fix was killed on the way
        if _hash(present) != row["after"]:
            raise ScaffoldError(
                f"{root / path} was changed since, so it is left as it is, and so are the others",
                hint=f"the files as they were lie in {listed.parent / 'files'}",
                code="file-changed",
            )
        changes.append(Change(path=path, before=present, after=before, reasons=("as it was",)))
    return tuple(changes)


def _rows(path: Path) -> list[dict[str, Any]]:
    """The list of a backup. Raises ScaffoldError where it is not one, or leads out of the project."""
    try:
        rows = json.loads(read_regular(path))["files"]
        found = [{"path": str(r["path"]), "before": bool(r["before"]), "after": r["after"]} for r in rows]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ScaffoldError(
            f"{path} cannot be read", detail=(str(problem),), code="backup-damaged"
        ) from problem
    for row in found:
        parts = Path(row["path"]).parts
        lost = row["before"] and not (path.parent / "files" / row["path"]).is_file()
        if Path(row["path"]).is_absolute() or ".." in parts or lost:
            raise ScaffoldError(f"{path} is damaged", detail=(row["path"],), code="backup-damaged")
    return found


def _put(path: Path, content: bytes | None) -> None:
    if content is not None:
        replace_file(path, content)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise not_written(path, problem) from problem


def _forget(backup: Path) -> None:
    """One backup too many harms nobody: what cannot be deleted stays."""
    import shutil

    with contextlib.suppress(OSError):
        shutil.rmtree(backup)


def _hash(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()
