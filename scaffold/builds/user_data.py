"""The user's own data file: rows that extend or correct the shipped tables.

``$SCAFFOLD_BUILDS`` names it; else it is ``builds.toml`` in the folder ``scaffold`` of the user's
configuration. Its tables have the shipped files' names and keys::

    [[torch.release]]
    version = "2.15.0"
    confidence = "high"     # the other keys stay as shipped

    [[torch.kernels]]
    variant = "cu134"
    platform = "linux_x86_64"
    releases = ">=2.15,<2.16"
    capabilities = ["9.0", "10.0", "12.0"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold.builds.overlay import REFRESHED, REMOVE, identity, is_rows, lacking, problems, takes_away
from scaffold.errors import UserDataRefused
from scaffold.sources.user_configuration import folder
from scaffold.system import System
from scaffold.toml import TOMLDecodeError, loads

VARIABLE = "SCAFFOLD_BUILDS"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserData:
    """What the user's data file says; no data where there is none."""

    path: Path
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""  # as it stands in the file
    notes: tuple[str, ...] = ()  # one line: which tables it changes; rows without effect


def place(system: System) -> Path | None:
    """Where the file is, or would be; None where nobody has a home."""
    named = system.environment.get(VARIABLE, "").strip()
    if named:
        return Path(named)
    base = folder(system)
    return base / "scaffold" / "builds.toml" if base is not None else None


def load(system: System) -> UserData:
    """Read the file and hold it against the shipped tables; raises UserDataRefused.

    A file that ``$SCAFFOLD_BUILDS`` names must be there.
    """
    path = place(system)
    if path is None or not system.exists(path):
        if system.environment.get(VARIABLE, "").strip():
            raise UserDataRefused(f"{VARIABLE} names {path}, and there is no such file", hint=_hint(path))
        return UserData(path=path or Path())
    return read(system, path)


def read(system: System, path: Path) -> UserData:
    """Read one data file; raises UserDataRefused, which says where and why."""
    text = system.read_text(path)
    if text is None:
        raise UserDataRefused(f"The data file {path} cannot be read", hint=_hint(path))
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise _refused(path, ("it is not written in UTF-8",))
    try:
        data = loads(text)
    except TOMLDecodeError as problem:
        raise _refused(path, (f"it is no TOML: {problem}",)) from problem
    wrong = tuple(_problems(data))
    if wrong:
        raise _refused(path, wrong)
    return UserData(path=path, data=data, text=text, notes=_notes(path, data))


def apply(system: System) -> UserData:
    """Lay the user's data over the shipped tables, for all that is chosen from now on.

    Raises UserDataRefused, and then the shipped tables alone count.
    """
    from scaffold.builds import tables

    tables.overlay(None)
    user = load(system)
    if user.data:
        wrong = wrong_with(user.data)
        if wrong:
            raise _refused(user.path, wrong)
        tables.overlay(user.data, str(user.path))
    return user


def wrong_with(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a user's tables cannot be laid over the shipped ones, a line each; what is laid over them stays."""
    from scaffold.builds import tables

    wrong = tuple(_problems(data))
    if wrong:
        return wrong
    with tables.laid_over_for(data):
        for name in data:
            try:
                tables.check([name])
            except ValueError as problem:
                return (f"[{name}]: {problem.__cause__ or problem}",)
    return ()


def _problems(data: Mapping[str, Any]) -> list[str]:
    from scaffold.builds import tables

    known, found = tables.names(), []
    for name, table in data.items():
        if name not in known:
            found.append(f"[{name}]: there is no such table; there are {', '.join(known)}")
        elif not isinstance(table, dict):
            found.append(f"{name}: must be a table, written [{name}]")
        else:
            shipped = tables.shipped(name)
            found += problems(name, shipped, table)
            found += _examples(name, shipped, table)
    return found


def _examples(name: str, shipped: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    """A complete row of each array in which a row lacks keys, a line each."""
    for array in shipped:
        if lacking(name, array, shipped, table):
            from scaffold.builds.refresh_text import block

            yield f"a complete row of [[{name}.{array}]] is:"
            yield from block(name, array, shipped[array][0]).splitlines()


def _notes(path: Path, data: Mapping[str, Any]) -> tuple[str, ...]:
    from scaffold.builds import tables

    if not data:
        return ()
    parts = [f"[{name}] {', '.join(table)}" for name, table in data.items()]
    notes = [f"the tables are changed by your own data file {path}: {'; '.join(parts)}"]
    for name, table in data.items():
        for array, rows in table.items():
            if is_rows(rows):
                notes += _without_effect(name, array, tables.shipped(name)[array], rows)
    return tuple(notes)


def _without_effect(
    name: str, array: str, shipped: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> list[str]:
    """Refreshed rows that the shipped tables have caught up with; removals of what is not there."""
    known = {identity(name, array, row) for row in shipped} - {()}
    notes = []
    for row in rows:
        shown = " ".join(map(str, identity(name, array, row)))
        if REFRESHED in row and identity(name, array, row) in known:
            notes.append(f"[[{name}.{array}]] {shown}: scaffold's own row is newer and counts")
        elif row.get(REMOVE) and not takes_away(row, shipped):
            notes.append(f"[[{name}.{array}]] {shown}: there is nothing to remove")
    return notes


def _refused(path: Path, lines: tuple[str, ...]) -> UserDataRefused:
    return UserDataRefused(f"The data file {path} cannot be used", detail=lines, hint=_hint(path))


def _hint(path: Path | None) -> str:
    return f"correct or rename {path}; without it the shipped tables are used"
