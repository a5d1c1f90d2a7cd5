"""``scaffold run`` of a compound: its members side by side, each line with the name of who says it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import click

from scaffold.cli.run import launch_fields, launch_lines, run_steps, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.pycharm.model import ConfigurationFile, Launch
    from scaffold.system import System

#: One for each member, in turn.
COLOURS = ("cyan", "magenta", "green", "yellow", "blue")


def run(
    system: System,
    root: Path,
    compound: ConfigurationFile,
    found: Sequence[ConfigurationFile],
    arguments: tuple[str, ...],
    *,
    as_json: bool,
    show_only: bool,
) -> None:
    """Start the members, or show what would be started."""
    from scaffold.errors import OptionRefused
    from scaffold.pycharm.launching.compound import resolve_members, resolve_steps
    from scaffold.pycharm.launching.side_by_side import run_side_by_side
    from scaffold.pycharm.registration.known import registered_interpreters
    from scaffold.shell import line

    if arguments:
        raise OptionRefused(
            f"{compound.name!r} starts several programs: whose would {' '.join(arguments)} be?",
            hint=f"Start one of them by itself:  {line('scaffold', 'run', compound.members[0][0])}",
        )
    registered = registered_interpreters(system)
    launches = resolve_members(root, compound, found, system=system, registered=registered)
    steps = resolve_steps(root, compound, found, system=system, registered=registered)
    if as_json:
        from scaffold.results import envelope

        members = [launch_fields(one) for one in launches]
        click.echo(envelope("scaffold/launch/1", name=compound.name, members=members))
    elif show_only:
        click.echo("\n".join(shown(launches)))
    else:
        for one in launches:
            warn(root, one, system)
        run_steps(root, steps, system)
        raise click.exceptions.Exit(run_side_by_side(launches, speaker([one.name for one in launches])))


def shown(launches: Sequence[Launch]) -> list[str]:
    """What `launch_lines` says of each, below its name."""
    from scaffold.cli.text import row

    return [line for one in launches for line in (row("Member", one.name), *launch_lines(one))]


def speaker(names: Sequence[str]) -> Callable[[str, str], None]:
    """What prints a member's line behind its name, whole lines only, however many speak at once."""
    from scaffold.cli.text import width

    column = max(width(name) for name in names)
    heads = {
        name: click.style(name + " " * (column - width(name)), fg=COLOURS[number % len(COLOURS)]) + " | "
        for number, name in enumerate(names)
    }
    lock = Lock()

    def say(name: str, line: str) -> None:
        with lock:
            click.echo(heads[name] + line)

    return say
