"""What was entered for which project in which PyCharm, so that it can be taken back.

A file of the user's, written wholly or not at all. One that is damaged all the same is copied beside itself
before anything is written over it: what it says of other projects can be had from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.files import read_regular, replace_file
from scaffold.pycharm.registration.model import Known, Step
from scaffold.pycharm.registration.store import data_folder
from scaffold.system import System

SCHEMA = "scaffold/registered/1"

_NAME = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What was entered for one project in one PyCharm."""

    sdks: tuple[Known, ...] = ()
    trusted: bool = False
    created: tuple[str, ...] = ()  # names of files and folders that were not there before


#: project -> folder of settings -> what was entered
Journal = Mapping[str, Mapping[str, Entered]]


def read_journal(system: System) -> Journal:
    """Everything that was entered, as far as the journal can be understood.

    Raises ScaffoldError (journal-refused) where it cannot be read at all, or is of another scaffold's making;
    NoPermission for a user without a home.
    """
    return _read(system)[0]


def damage(system: System) -> str:
    """What is wrong with the journal, in words; "" where nothing is. Raises as `read_journal`."""
    return _read(system)[1]


def mend_journal(system: System) -> str:
    """Copy a damaged journal aside and keep what can be understood; in words, "" where nothing is wrong.

    For who holds the lock. Raises as `read_journal`, and NoPermission, NoSpace.
    """
    journal, wrong = _read(system)
    if not wrong:
        return ""
    path = _file(system)
    stamp = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%S.%fZ")
    copy = path.with_name(f"{_NAME}.damaged-{stamp}.json")
    replace_file(copy, _bytes(path) or b"")
    replace_file(path, _text(journal))
    return f"{wrong}; a copy as it was is {copy}"


def note(system: System, project: Path, folder: Path, entered: Entered) -> None:
    """Write down what stands in the settings for a project.

    For who holds the lock and has called `mend_journal`. Raises as `read_journal`, and NoPermission, NoSpace.
    """
    journal, wrong = _read(system)
    if wrong:
        raise ScaffoldError(wrong, hint="try again", code="journal-refused")
    projects = {one: dict(folders) for one, folders in journal.items()}
    folders = projects.setdefault(str(project), {})
    folders[str(folder)] = entered
    if entered == Entered():
        del folders[str(folder)]
    replace_file(_file(system), _text({one: places for one, places in projects.items() if places}))


def without(journal: Journal, steps: Iterable[Step]) -> Journal:
    """The journal once what ``steps`` take out of the settings is out; an entry of nothing is none."""
    leaving = {str(one.folder.path): one.leaving for one in steps if one.outcome == "registered"}
    left: dict[str, dict[str, Entered]] = {}
    for project, places in journal.items():
        for folder, entered in places.items():
            stays = tuple(one for one in entered.sdks if one not in leaving.get(folder, ()))
            if stays or entered.trusted:
                left.setdefault(project, {})[folder] = replace(entered, sdks=stays)
    return left


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


def _file(system: System) -> Path:
    return data_folder(system) / f"{_NAME}.json"


def _bytes(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None
    except OSError as refusal:
        raise _refused(
            path, refusal.strerror or str(refusal), "check who owns it, and what it is"
        ) from refusal


def _refused(path: Path, why: str, hint: str) -> ScaffoldError:
    message = f"The journal of what was entered in PyCharm's settings cannot be read: {path}"
    return ScaffoldError(message, detail=(why,), hint=hint, code="journal-refused")


def _read(system: System) -> tuple[Journal, str]:
    """What the journal says, and what is wrong with it."""
    path = _file(system)
    content = _bytes(path)
    if content is None:
        return {}, ""
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}, f"{path} is damaged, and does not say any more what was entered for which project"
    schema = _mapping(found).get("schema")
    if isinstance(schema, str) and schema != SCHEMA and schema.startswith(SCHEMA.rpartition("/")[0]):
        raise _refused(path, f"its schema is {schema}, this scaffold knows {SCHEMA}", "update scaffold")
    journal = parse_journal(found)
    if json.loads(_text(journal)) != found:
        return journal, f"{path} is damaged in part: what makes no sense there is passed over"
    return journal, ""


def _text(journal: Journal) -> str:
    rows = {one: {place: asdict(entry) for place, entry in places.items()} for one, places in journal.items()}
    return json.dumps({"schema": SCHEMA, "projects": rows}, indent=2, ensure_ascii=False) + "\n"


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
