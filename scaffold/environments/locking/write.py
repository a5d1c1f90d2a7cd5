"""Put a set of files into a project: all of them, or none.

The new files are written under ``.scaffold`` first; a list of them is the point of no return. Whoever comes
after a kill finds no list and clears away, or finds one and finishes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scaffold.environments.layout import STATE_FOLDER
from scaffold.errors import LockUnusable
from scaffold.files import not_written, read_regular
from scaffold.projects.snapshot import outside
from scaffold.results import read_json

#: What is to be done, once everything is there; under the other name, what is being undone.
_LIST, _TAKEN_BACK = "files.json", "undone.json"


def write_files(root: Path, files: Mapping[PurePosixPath, str], gone: Iterable[PurePosixPath] = ()) -> None:
    """Replace ``files`` and remove ``gone``. Needs the project's lock.

    Raises NoSpace, NoPermission; everything is then as before.
    """
    journal = _journal(root)
    try:
        _prepare(root, journal, files, tuple(gone))
        _finish(root, journal)
    except OSError as refusal:
        _undo(root, journal)
        raise not_written(Path(refusal.filename or root), refusal) from refusal


@contextlib.contextmanager
def unchanged_file(root: Path, path: PurePosixPath) -> Iterator[None]:
    """Whatever the block does to a file of the project, it is undone; after a kill by `recover_files`.

    Needs the project's lock. Raises NoSpace, NoPermission.
    """
    journal, target = _journal(root), root / path
    try:
        shutil.rmtree(journal, ignore_errors=True)
        journal.mkdir(parents=True)
        old = "old-0" if target.is_file() else ""
        if old:
            _write(journal / old, target.read_bytes())
        unfinished = journal / f"{_TAKEN_BACK}.new"
        _write(unfinished, json.dumps([{"path": str(path), "new": "", "old": old}]).encode())
        unfinished.replace(journal / _TAKEN_BACK)
    except OSError as refusal:
        raise not_written(Path(refusal.filename or journal), refusal) from refusal
    try:
        yield
    finally:
        _take_back(root, journal)


def has_remains(root: Path) -> bool:
    """Whether a run that died has left something to be finished or cleared away."""
    return _journal(root).exists()


def recover_files(root: Path) -> None:
    """Finish what a run that died had begun, else take it back. Needs the project's lock.

    Raises NoPermission where neither is possible, LockUnusable where nobody's run can have left it so.
    """
    journal = _journal(root)
    if not journal.exists():
        return
    if (journal / _LIST).exists():
        try:
            _finish(root, journal)
        except OSError:
            _undo(root, journal)  # what would not let the new files in lets the old ones stay
    try:
        if (journal / _TAKEN_BACK).exists():
            _take_back(root, journal)
        elif journal.exists():
            shutil.rmtree(journal)
    except OSError as refusal:
        raise not_written(Path(refusal.filename or journal), refusal) from refusal


def _journal(root: Path) -> Path:
    return root / STATE_FOLDER / "locking"


def _prepare(
    root: Path, journal: Path, files: Mapping[PurePosixPath, str], gone: tuple[PurePosixPath, ...]
) -> None:
    shutil.rmtree(journal, ignore_errors=True)
    journal.mkdir(parents=True)
    rows = []
    for number, (path, text) in enumerate(files.items()):
        _write(journal / f"new-{number}", text.encode())
        rows.append({"path": str(path), "new": f"new-{number}"})
    rows += [{"path": str(path), "new": ""} for path in gone]
    for number, row in enumerate(rows):
        target = root / row["path"]
        row["old"] = f"old-{number}" if target.is_file() else ""
        if row["old"]:
            shutil.copyfile(target, journal / row["old"])
    unfinished = journal / f"{_LIST}.new"
    _write(unfinished, json.dumps(rows).encode())
    unfinished.replace(journal / _LIST)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _rows(journal: Path, name: str) -> list[dict[str, str]]:
    """What a list says, which may have come with a clone: of no other file than the project's own."""
    try:
        return [_row(one) for one in read_json(read_regular(journal / name))]
    except (ValueError, TypeError) as problem:
        raise LockUnusable(
            f"what an interrupted run left in {journal / name} cannot be used",
            detail=(str(problem), "nothing of it was done: it could have come with what you cloned"),
            hint=f"delete {journal}, then run the same command again",
            code="lock-remains-damaged",
        ) from problem


def _row(row: Any) -> dict[str, str]:
    texts = isinstance(row, dict) and all(isinstance(row.get(key), str) for key in ("path", "new", "old"))
    beside = texts and all(re.fullmatch(r"((new|old)-\d+)?", row[key]) for key in ("new", "old"))
    if not beside or outside(PurePosixPath(row["path"])):
        raise ValueError(f"{row} is no row of it")
    return dict(row)


def _finish(root: Path, journal: Path) -> None:
    for row in _rows(journal, _LIST):
        target = root / row["path"]
        if not row["new"]:
            target.unlink(missing_ok=True)
        elif (journal / row["new"]).exists():  # else a run before this one has moved it already
            target.parent.mkdir(exist_ok=True)
            (journal / row["new"]).replace(target)
    _clear(journal)


def _undo(root: Path, journal: Path) -> None:
    """From here on whoever comes after a kill goes back, not on."""
    with contextlib.suppress(OSError):
        if (journal / _LIST).exists():
            (journal / _LIST).replace(journal / _TAKEN_BACK)
            _take_back(root, journal)
        else:
            _clear(journal)


def _take_back(root: Path, journal: Path) -> None:
    for row in _rows(journal, _TAKEN_BACK):
        moved = not row["new"] or not (journal / row["new"]).exists()
        if moved and row["old"]:
            shutil.copyfile(journal / row["old"], root / row["path"])
        elif moved:
            (root / row["path"]).unlink(missing_ok=True)
    _clear(journal)


def _clear(journal: Path) -> None:
    for name in (_LIST, _TAKEN_BACK):
        (journal / name).unlink(missing_ok=True)
    shutil.rmtree(journal, ignore_errors=True)
