"""What is kept of what was written into PyCharm's settings: a journal, backups, and a lock.

All of it lies in the user's data folder, below ``scaffold/pycharm``: the journal says for each project and
each PyCharm what was entered, so that it can be taken back; a backup of every file that was changed lies
beside it, with words on how to restore it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from scaffold.errors import NoPermission, ScaffoldError
from scaffold.files import not_written, replace_file
from scaffold.pycharm.registration.model import Known
from scaffold.system import System

SCHEMA = "scaffold/registered/1"

#: Backups of one file: the first, which nobody of ours had touched, and the latest of the others.
_KEPT = 10

_SECONDS = 10.0

_RESTORE = """\
Copies of PyCharm's settings, from before scaffold changed them. The first is the oldest.

To restore one: close that PyCharm, and copy the file over the one named here, without the date:
  {options}
What scaffold entered for a project is taken back, and nothing else, by:  scaffold ide pycharm --undo
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What was entered for one project in one PyCharm."""

    sdks: tuple[Known, ...] = ()
    trusted: bool = False
    created: tuple[str, ...] = ()  # names of files that were not there before


#: project -> folder of settings -> what was entered
Journal = Mapping[str, Mapping[str, Entered]]


def leaves_settings(system: System) -> bool:
    """Whether the user wants no command to touch PyCharm's own settings: SCAFFOLD_NO_REGISTER=1."""
    return system.environment.get("SCAFFOLD_NO_REGISTER", "").strip() not in {"", "0"}


def data_folder(system: System) -> Path:
    """Where it all lies. Raises NoPermission for a user without a home."""
    home, environment = system.home, system.environment
    chosen = environment.get(
        "LOCALAPPDATA" if system.platform.os == "windows" else "XDG_DATA_HOME", ""
    ).strip()
    if chosen:
        return Path(chosen) / "scaffold" / "pycharm"
    if home is None:
        raise NoPermission(
            "This user has no home folder to keep a journal of changes to PyCharm's settings in",
            hint="set HOME",
        )
    below = {"windows": "AppData/Local", "macos": "Library/Application Support"}
    return home / below.get(system.platform.os, ".local/share") / "scaffold" / "pycharm"


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


def read_journal(system: System) -> Journal:
    """Everything that was entered; what cannot be read counts as nothing, and is never taken back then."""
    try:
        text = (data_folder(system) / "registered.json").read_text(encoding="utf-8")
        return parse_journal(json.loads(text))
    except (OSError, ValueError, RecursionError, NoPermission):
        return {}


def parse_journal(found: Any) -> Journal:
    """A journal as it stands in its file; parts that make no sense are left out.

    >>> row = {"sdks": [{"name": "n", "home": "h"}, 7], "trusted": True}
    >>> found = parse_journal({"projects": {"/p": {"/c": row}}})["/p"]["/c"]
    >>> found.sdks, found.trusted
    ((Known(name='n', home='h', identity='', project=''),), True)
    >>> parse_journal([]), parse_journal({"projects": {"/p": 7}})
    ({}, {'/p': {}})
    """
    return {
        project: {folder: _entered(_mapping(one)) for folder, one in _mapping(folders).items()}
        for project, folders in _mapping(_mapping(found).get("projects")).items()
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _entered(values: Mapping[str, Any]) -> Entered:
    sdks, created = values.get("sdks"), values.get("created")
    rows = [_mapping(one) for one in sdks] if isinstance(sdks, list) else []
    texts = [{name: str(one.get(name, "")) for name in Known.__dataclass_fields__} for one in rows]
    return Entered(
        sdks=tuple(Known(**one) for one in texts if one["name"] and one["home"]),
        trusted=values.get("trusted") is True,
        created=tuple(map(str, created)) if isinstance(created, list) else (),
    )


def note(system: System, project: Path, folder: Path, entered: Entered) -> None:
    """Write down what stands in the settings for a project. Raises NoPermission, NoSpace."""
    projects = {one: dict(folders) for one, folders in read_journal(system).items()}
    folders = projects.setdefault(str(project), {})
    folders[str(folder)] = entered
    if entered == Entered():
        del folders[str(folder)]
    kept = {
        one: {place: asdict(entry) for place, entry in places.items()}
        for one, places in projects.items()
        if places
    }
    text = json.dumps({"schema": SCHEMA, "projects": kept}, indent=2, ensure_ascii=False)
    replace_file(data_folder(system) / "registered.json", f"{text}\n".encode())


def back_up(system: System, path: Path, content: bytes) -> Path:
    """Keep a copy of a file of settings; where the latest copy is the same, that one is it.

    Raises NoPermission, NoSpace.
    """
    config = path.parent.parent
    mark = hashlib.sha256(str(config).encode()).hexdigest()[:8]
    folder = data_folder(system) / "backups" / f"{config.name}-{mark}"
    copies = sorted(folder.glob(f"*-{path.name}"))
    with contextlib.suppress(OSError):  # a copy that cannot be read is none
        if copies and copies[-1].read_bytes() == content:
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
