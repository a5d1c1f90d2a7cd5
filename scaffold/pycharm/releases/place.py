"""The place of an installation of ours: killed at any moment, it is either there or not."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.errors import DownloadFailed, TargetOccupied
from scaffold.files import not_written, read_regular, replace_file
from scaffold.pycharm.installations.places import record_of
from scaffold.pycharm.releases.members import clear
from scaffold.results import read_json

#: Seconds. Windows renames no folder with an open file, and a virus scanner opens what was just unpacked.
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)

SCHEMA = "scaffold/ide-installation/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one release goes. Everything is beside each other on one disk, so that a rename finishes it."""

    folder: Path  # .../pycharm-2026.2.3

    @property
    def staging(self) -> Path:
        """What is not finished: the download, what was unpacked of it."""
        return self.folder.parent / f".{self.folder.name}.part"

    @property
    def archive(self) -> Path:
        """The download."""
        return self.staging / "download"

    @property
    def unpacked(self) -> Path:
        """What comes out of it."""
        return self.staging / "unpacked"

    @property
    def mounted(self) -> Path:
        """Where a disk image is attached meanwhile."""
        return self.staging / "mounted"

    @property
    def grave(self) -> Path:
        """What is being removed."""
        return self.folder.parent / f".{self.folder.name}.removed"

    @property
    def record(self) -> Path:
        """What we know of an installation: release, address, hash, entries in menus."""
        return record_of(self.folder)


@contextlib.contextmanager
def held(place: Place) -> Iterator[None]:
    """Nobody else installs or removes the same release meanwhile; DownloadFailed (download-busy) otherwise.

    The lock's file stays: whoever deleted it would let two processes hold it, each on a file of its own.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(place.folder.parent / f".{place.folder.name}.lock", timeout=0)
    try:
        place.folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as busy:
        raise DownloadFailed(
            f"Another process is installing or removing {place.folder}",
            hint="wait for it, then call the command again",
            code="download-busy",
        ) from busy
    except OSError as refusal:
        raise not_written(place.folder, refusal) from refusal
    try:
        yield
    finally:
        lock.release()


def demand_free(place: Place) -> None:
    """Nothing is where PyCharm goes, or an empty folder; else TargetOccupied: nothing of the user's goes."""
    folder = place.folder
    try:
        free = not folder.is_symlink() and (not folder.exists() or not any(folder.iterdir()))
    except OSError:  # a file, or a folder that is not ours to read
        free = False
    if not free:
        raise TargetOccupied(
            f"{folder} is there and is no PyCharm", hint="move it away, then call the command again"
        )


def commit(place: Place, product: Path, record: Mapping[str, Any]) -> None:
    """Put what was unpacked where it belongs. The record comes first: alone it means nothing."""
    demand_free(place)
    save_record(place, record)
    try:
        if place.folder.exists():
            place.folder.rmdir()
        rename(product, place.folder, PAUSES if os.name == "nt" else ())
    except OSError as refusal:
        raise not_written(place.folder, refusal) from refusal


def rename(source: Path, target: Path, pauses: Sequence[float]) -> None:
    """Rename; where the system refuses, again after each pause. Raises OSError."""
    for pause in pauses:
        try:
            source.rename(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    source.rename(target)


def save_record(place: Place, record: Mapping[str, Any]) -> None:
    """Write what we know of an installation."""
    text = json.dumps({"schema": SCHEMA, **record}, indent=2, ensure_ascii=False)
    replace_file(place.record, text.encode())


def read_record(place: Place) -> dict[str, Any] | None:
    """What we know of an installation; None where it is not ours, or the record cannot be read."""
    try:
        values = read_json(read_regular(place.record))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) and values.get("schema") == SCHEMA else None


def menu_marks(record: Mapping[str, Any] | None) -> dict[str, str]:
    """Path -> mark of the entries in menus that a record tells of."""
    marks = (record or {}).get("menu")
    if not isinstance(marks, dict):
        return {}
    return {str(path): mark for path, mark in marks.items() if isinstance(mark, str)}


def tidy(place: Place) -> None:
    """Nothing of the making is left, nor of a removal that was killed. Call it while the place is `held`."""
    clear(place.staging)
    clear(place.grave)


def remove(place: Place) -> None:
    """Remove an installation: renamed first, so that a kill leaves no half of a PyCharm in its place.

    Call it while the place is `held`.
    """
    clear(place.grave)
    try:
        if place.folder.exists():
            place.folder.rename(place.grave)
    except OSError as refusal:
        raise not_written(place.folder, refusal) from refusal
    tidy(place)
    clear(place.record)
