"""The user's data file with rows added: its own comments and order stay, and nothing is lost on the way."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.builds.overlay import REFRESHED
from scaffold.builds.refresh_rows import joined, place_of
from scaffold.errors import UserDataRefused
from scaffold.files import not_written, replace_file
from scaffold.toml import TOMLDecodeError, loads

if TYPE_CHECKING:
    from scaffold.builds.refresh_rows import NewRow

_HEAD = """\
# Builds of frameworks: what this file says is laid over the tables that scaffold ships.
# Rows with `refreshed` were written by `scaffold builds --refresh`; they give way to newer shipped ones.
# A row of your own replaces the shipped one of the same identity; `remove = true` takes it away.
"""


def with_rows(text: str, rows: Sequence[NewRow], path: Path) -> str:
    """The text of a data file with rows added at the end of their arrays, or in place of refreshed ones.

    Raises UserDataRefused where the file is laid out in a way that no row can be added to.
    """
    if not rows:
        return text
    expected = joined(loads(text), rows)
    try:
        result = _extended(text or _HEAD, rows)
    except (TypeError, ValueError, AttributeError, KeyError) as problem:
        raise _not_extended(path, repr(problem)) from problem
    if _read(result) != expected:
        raise _not_extended(path, "the result would not say what it must")
    return result


def difference(before: str, after: str, path: Path) -> str:
    """What would change, as a unified diff; "" where nothing would."""
    name = str(path)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    return "\n".join(lines)


def write(path: Path, before: str, after: str) -> None:
    """Put the new text in the place of the old one, in one step.

    A link stays a link. Raises UserDataRefused where the file is no longer what it was when the
    change was shown, NoSpace, NoPermission.
    """
    try:
        if _content(path) != before:
            raise UserDataRefused(
                f"The data file {path} was changed meanwhile", hint="scaffold builds --refresh"
            )
    except OSError as refusal:
        raise not_written(path, refusal) from refusal
    replace_file(path, after)


def _content(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace") if path.exists() else ""


def _extended(text: str, rows: Sequence[NewRow]) -> str:
    """A row that is there changes; others go into their list, or to the end, where they disturb nothing."""
    import tomlkit
    from tomlkit.items import Array

    document = tomlkit.parse(text)
    blocks = []
    for one in rows:
        table: Any = document.get(one.table, {})
        there = table.get(one.array)
        at = place_of(there or (), one)
        if there is not None and at < len(there):
            _rewrite(there[at], one.row)
        elif isinstance(there, Array):
            there.add_line(_inline(one.row), comment="; ".join(one.comments) or None)
        else:
            blocks.append(
                "\n".join([*(f"# {said}" for said in one.comments), block(one.table, one.array, one.row)])
            )
    return "\n\n".join([tomlkit.dumps(document).rstrip("\n"), *blocks]) + "\n"


def _rewrite(row: Any, new: Mapping[str, Any]) -> None:
    """Change a row where it stands: its comments stay above it."""
    for key in [key for key in row if key not in new]:
        del row[key]
    for key, value in new.items():
        row[key] = _inline(value) if isinstance(value, Mapping) else value


def block(table: str, array: str, row: Mapping[str, Any]) -> str:
    """A row as it stands in a data file, without the end of its last line."""
    import tomlkit

    document = tomlkit.document()
    for key, value in row.items():
        document.add(key, _inline(value) if isinstance(value, Mapping) else value)
    return f"[[{table}.{array}]]\n{tomlkit.dumps(document).rstrip()}"


def _read(text: str) -> dict[str, Any] | None:
    try:
        return loads(text)
    except TOMLDecodeError:
        return None


def _inline(mapping: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(mapping)
    return table


def _not_extended(path: Path, why: str) -> UserDataRefused:
    return UserDataRefused(
        f"No row can be added to the data file {path}",
        detail=(why,),
        hint=f"write its arrays as [[table.array]], or move it away: rows with {REFRESHED} can be had again",
    )
