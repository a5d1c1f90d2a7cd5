"""``scaffold env show``: the environment of a project, from its files."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli.options import json_option


@click.command(name="show")
@json_option("scaffold/env/1")
def command(*, as_json: bool) -> None:
    """Show the environment of the project around this folder, from its files alone."""
    from scaffold.cli.text import row
    from scaffold.env.project import environment_of
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    environment = environment_of(HostSystem(), Path.cwd())
    if as_json:
        click.echo(envelope("scaffold/env/1", done=True, environment=environment))
        return
    click.echo(row("Environment", str(environment.location)))
    click.echo(row("Python", f"{environment.version}, based on {environment.home}"))
    for name, version in sorted(environment.packages.items()):
        click.echo(row("", f"{name} {version}"))
