"""``scaffold env remove``: remove one environment of a project."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import completer, json_option


@click.command(name="remove")
@click.argument("name", default=".venv", shell_complete=completer("environments"))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would go and remove nothing.")
@click.option("--foreign", is_flag=True, help="Remove it although scaffold does not know that it made it.")
@json_option("scaffold/env-remove/1")
@in_project()
def command(*, name: str, yes: bool, dry_run: bool, foreign: bool, as_json: bool) -> None:
    """Remove an environment of the project; its files, locks and data stay.

    NAME is a further one, such as keras; the project's own where none is given.
    """
    from scaffold.cli.text import row, size
    from scaffold.env.remove import carry_out, demand_yes, plan_remove
    from scaffold.environments.remaking import remake_hint
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    plan = plan_remove(Path.cwd(), name, foreign=foreign)
    if not as_json:
        shared = f"; {size(plan.usage.shared)} more are shared by links" if plan.usage.shared else ""
        click.echo(row("Environment", str(plan.location)))
        click.echo(row("Frees", f"{size(plan.usage.freed)}{shared}"))
    if not dry_run:
        if not yes and (as_json or not system.interactive):
            demand_yes(plan)
        if not yes:
            click.confirm("Remove it?", default=False, abort=True)
        carry_out(system, plan, foreign=foreign)
    if as_json:
        click.echo(
            envelope(
                "scaffold/env-remove/1",
                done=not dry_run,
                name=plan.place.name,
                location=plan.location,
                usage=plan.usage,
            )
        )
    elif not dry_run:
        click.echo(row("Removed", f"make it again with: {remake_hint(plan.place.root)}"))
