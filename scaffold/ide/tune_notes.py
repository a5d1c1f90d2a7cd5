"""What ``scaffold ide tune`` changed in files of JVM options, noted for ``--undo``."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.files import read_regular, replace_file
from scaffold.pycharm.installations.vmoptions import heap_of, with_heap, without_heap
from scaffold.pycharm.registration.store import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.system import System

SCHEMA = "scaffold/ide-tune-backup/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """``before``: the file without anything of ours, None where there was none; ``heap``: ours, in MB."""

    place: Path
    file: Path
    before: bytes | None
    heap: int
    digest: str  # of the file as we wrote it

    def is_as_written(self, content: bytes) -> bool:
        """Nobody changed the file since."""
        return _digest(content) == self.digest

    def is_in(self, content: bytes) -> bool:
        """The heap that counts is still ours."""
        return heap_of(content) == self.heap

    def taken_back(self, content: bytes) -> bytes | None:
        """The file less our heap; what the user changed since stays. None: it goes, as it was not there."""
        if self.is_as_written(content):
            return self.before
        was = heap_of(self.before or b"")
        rest = without_heap(content, self.heap) if was is None else with_heap(content, was)
        return None if self.before is None and not rest.strip() else rest


def remember(system: System, file: Path, *, content: bytes | None, wanted: bytes, heap: int) -> None:
    """Keep what a file was before it becomes ``wanted``.

    Of two changes in a row it is what was before the first, with what the user changed in between.
    """
    place = notes_folder(system) / f"{hashlib.sha256(str(file).encode()).hexdigest()[:16]}.json"
    older = read_note(place)
    before = content
    if older is not None and content is not None and older.is_in(content):
        before = older.taken_back(content)
    values = {
        "schema": SCHEMA,
        "file": str(file),
        "content": None if before is None else base64.b64encode(before).decode(),
        "after": heap,
        "hash": _digest(wanted),
    }
    replace_file(place, json.dumps(values, indent=2).encode())


def notes(system: System) -> Iterator[Note]:
    """Every note; what is none of ours is passed over."""
    folder = notes_folder(system)
    for name in system.list_folder(folder):
        if (note := read_note(folder / name)) is not None:
            yield note


def notes_folder(system: System) -> Path:
    """Where they lie. Raises NoPermission for a user without a home."""
    return data_folder(system) / "tune"


def read_note(place: Path) -> Note | None:
    """A note of ours; None for anything else."""
    try:
        values = json.loads(read_regular(place))
        content = values["content"]
        return Note(
            place=place,
            file=Path(values["file"]),
            before=None if content is None else base64.b64decode(content),
            heap=int(values["after"]),
            digest=str(values["hash"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
