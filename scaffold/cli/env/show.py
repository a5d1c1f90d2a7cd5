"""``scaffold env show``: one environment of a project, from its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import completer, json_option

if TYPE_CHECKING:
    from scaffold.environments.condition.inventory import Listed
    from scaffold.environments.proving.proofs import KeptProof


@click.command(name="show")
@click.argument("name", default=".venv", shell_complete=completer("environments"))
@json_option("scaffold/env-show/1")
@in_project()
def command(*, name: str, as_json: bool) -> None:
    """Show the environment of the project around this folder, from its files alone.

    NAME is a further one, such as keras; the project's own where none is given.
    """
    from scaffold.env.listing import show_environment
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    found = show_environment(HostSystem(), Path.cwd(), name)
    if as_json:
        click.echo(envelope("scaffold/env-show/1", environment=found))
        return
    click.echo("\n".join(_lines(found)))


def _lines(found: Listed) -> Iterator[str]:
    from scaffold.cli.env.list import room
    from scaffold.cli.text import row

    whose = {"scaffold": "made by scaffold", "user": "yours, adopted", "unknown": "not made by scaffold"}
    yield row("Environment", str(found.location))
    with_what = f", installed by {found.made_with}" if found.made_with else ""
    when = f", {found.created}" if found.created else ""
    yield row("Standing", f"{found.standing}; {whose[found.owner]}{with_what}{when}")
    yield row("Python", f"{found.python}, based on {found.base}")
    yield row("Room", room(found))
    for kept in found.proofs:
        yield from _proof(kept, found.location)
    for number, (name, version) in enumerate(sorted(found.packages.items())):
        yield row("" if number else "Packages", f"{name} {version}")


def _proof(kept: KeptProof, location: Path) -> Iterator[str]:
    from scaffold.checks.proved import proved_in_words
    from scaffold.cli.text import row, size

    yield row("Proved", proved_in_words(kept))
    for device in kept.proof.devices:
        memory = f", {size(device.memory)}" if device.memory else ""
        yield row("", f"{device.name}{memory}")
        for one in device.comparisons:
            against = "exact values" if one.against == "float64" else "the CPU"
            yield row("", f"  {one.operation} ({one.precision}): {one.difference:.1e} off {against}")
    for name, value in kept.proof.details.items():
        yield row("", f"{name}: {value}")
    for path in kept.proof.libraries:
        below = Path(path).is_relative_to(location)
        yield row("", str(Path(path).relative_to(location)) if below else path)
