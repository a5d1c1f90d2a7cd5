"""``scaffold builds --refresh``: newer releases' facts for the user's own data file, from metadata alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.builds.refresh import Refresh
    from scaffold.system import System

COMMAND = "scaffold builds --refresh"


def refresh(system: System, *, yes: bool, as_json: bool) -> int:
    """Ask, show what would change, write it after consent; the exit status.

    0 where some source answered, also where others did not; raises SourceUnreachable where none did.
    """
    from scaffold.builds.refresh import carry_out, plan

    found = plan(system)
    if as_json:
        written = yes and found.changed
        if written:
            carry_out(found)
        click.echo(_json(found, written=written))
        return 0
    click.echo("\n".join(_lines(found)))
    if not found.changed:
        return 0
    if not yes and not system.interactive:
        click.echo(f"\nNothing was written. To write it: {COMMAND} --yes")
        return 0
    if not yes:
        click.confirm(f"\nWrite it to {found.path}?", default=True, abort=True)
    carry_out(found)
    click.echo(f"Written: {found.path}")
    return 0


def _lines(found: Refresh) -> list[str]:
    """What was found, a line each, then the change."""
    from scaffold.builds.user_data import VARIABLE
    from scaffold.cli.text import row

    releases = [one for one in found.rows if one.array == "release"]
    lines = [
        row("Asked again" if one.again else "New release", f"{one.table} {one.row['version']}")
        for one in releases
    ]
    lines += [row("Not reached", problem) for problem in found.unreachable]
    lines += [row("Note", note) for note in found.notes]
    if found.changed:
        return [*lines, "", *map(_coloured, found.diff.splitlines())]
    lines.append(row("Data file", f"{found.path} (the variable {VARIABLE} names another)"))
    if found.unreachable:
        return [
            *lines,
            "Nothing to write: the tables know every release of what answered.",
        ]
    if found.notes:
        return [*lines, "Nothing to write."]
    return [*lines, "The tables know every release that your package sources have: nothing to write."]


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour, bold=line.startswith(("+++", "---"))) if colour else line


def _json(found: Refresh, *, written: bool) -> str:
    from scaffold.results import envelope

    rows = [
        {"table": one.table, "array": one.array, "row": _texts(one.row), "comments": one.comments}
        for one in found.rows
    ]
    return envelope(
        "scaffold/builds-refresh/1",
        status=_status(found, written=written),
        path=found.path,
        rows=rows,
        unreachable=found.unreachable,
        notes=found.notes,
        diff=found.diff,
    )


def _status(found: Refresh, *, written: bool) -> str:
    """``incomplete``: nothing to be written, but not everybody answered."""
    if written:
        return "written"
    if found.changed:
        return "changes"
    return "incomplete" if found.unreachable else "up-to-date"


def _texts(row: object) -> object:
    """A row as JSON knows it: dates as text."""
    import datetime as dt
    from collections.abc import Mapping

    if isinstance(row, Mapping):
        return {key: _texts(value) for key, value in row.items()}
    return row.isoformat() if isinstance(row, dt.date) else row
