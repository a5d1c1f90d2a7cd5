"""What is kept of what was written into PyCharm's settings: backups, and a lock, beside `journal`'s file.

All of it lies in the user's data folder, below ``scaffold/pycharm``: a backup of every file that was changed,
with words on how to restore it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from scaffold.errors import NoPermission, ScaffoldError
from scaffold.files import not_written, read_regular, replace_file
from scaffold.pycharm.installations import places
from scaffold.system import System

#: Backups of one file: the first, which nobody of ours had touched, and the latest of the others.
_KEPT = 10

_SECONDS = 10.0

_RESTORE = """\
Copies of PyCharm's settings, from before scaffold changed them. The first is the oldest.

To restore one: close that PyCharm, and copy the file over the one named here, without the date:
  {options}
What scaffold entered for a project is taken back, and nothing else, by:  scaffold ide pycharm --undo
"""


def leaves_settings(system: System) -> bool:
    """Whether the user wants no command to touch PyCharm's own settings: SCAFFOLD_NO_REGISTER=1."""
    return system.environment.get("SCAFFOLD_NO_REGISTER", "").strip() not in {"", "0"}


def data_folder(system: System) -> Path:
    """Where it all lies. Raises NoPermission for a user without a home."""
    folder = places.data_folder(system)
    if folder is None:
        raise NoPermission(
            "This user has no home folder to keep a journal of changes to PyCharm's settings in",
            hint="set HOME",
        )
    return folder / "scaffold" / "pycharm"


@contextlib.contextmanager
def locked(system: System) -> Iterator[None]:
    """One process at a time changes settings. Raises ScaffoldError (ide-busy), NoPermission, NoSpace."""
    from filelock import FileLock, Timeout

    path = data_folder(system) / "registration.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=_SECONDS)
        lock.acquire()
    except Timeout:
        raise ScaffoldError(
            "Another scaffold is writing PyCharm's settings",
            detail=(f"it holds {path}",),
            hint="try again in a moment:  scaffold ide pycharm",
            code="ide-busy",
        ) from None
    except OSError as problem:
        raise not_written(path, problem) from problem
    try:
        yield
    finally:
        lock.release()


def back_up(system: System, path: Path, content: bytes) -> Path:
    """Keep a copy of a file of settings; where the latest copy is the same, that one is it.

    Raises NoPermission, NoSpace.
    """
    config = path.parent.parent
    mark = hashlib.sha256(str(config).encode()).hexdigest()[:8]
    folder = data_folder(system) / "backups" / f"{config.name}-{mark}"
    copies = sorted(folder.glob(f"*-{path.name}"))
    with contextlib.suppress(OSError):  # a copy that cannot be read is none
        if copies and read_regular(copies[-1]) == content:
            return copies[-1]
    stamp = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%S.%fZ")
    copy = folder / f"{stamp}-{path.name}"
    replace_file(copy, content)
    restore = _RESTORE.format(options=path.parent).encode()
    if not (folder / "RESTORE.txt").is_file():
        replace_file(folder / "RESTORE.txt", restore)
    for surplus in copies[1 : max(1, len(copies) + 2 - _KEPT)]:
        with contextlib.suppress(OSError):  # one copy too many harms nobody
            surplus.unlink()
    return copy
