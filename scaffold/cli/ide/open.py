"""``scaffold ide open``: start PyCharm on a project."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import json_option

SCHEMA = "scaffold/ide-open/1"


@click.command(name="open")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option(
    "--ide",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The PyCharm to take: where it is installed, or its settings.  [default: the newest]",
)
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be started and start nothing.")
@json_option(SCHEMA)
@in_project("folder")
def command(*, folder: Path, ide: Path | None, dry_run: bool, as_json: bool) -> None:
    """Start PyCharm on a project, and make the project ready for it before.

    FOLDER is the current one if not given; also one that scaffold did not make.
    """
    from scaffold.cli.text import row
    from scaffold.ide.open import carry_out, plan_open, prepare
    from scaffold.results import envelope, plain
    from scaffold.shell import line
    from scaffold.system import HostSystem

    system = HostSystem()
    plan = plan_open(system, folder, ide)
    process: int | None = None
    ready, problems = None, tuple[str, ...]()
    if not dry_run:
        ready, problems = prepare(system, plan)
        for problem in problems:
            click.echo(f"{click.style('warning', fg='yellow', bold=True)}: {problem}", err=True)
        process = carry_out(system, plan)
    if as_json:
        click.echo(
            envelope(
                SCHEMA,
                done=not dry_run,
                root=plan.root,
                installation=plan.installation,
                argv=plan.argv,
                reasons=plan.reasons,
                problems=problems,
                ready=None if ready is None else plain(ready),
                process=process,
            )
        )
        return
    click.echo(
        row("PyCharm", f"{plan.installation.title}: {plan.installation.folder} ({'; '.join(plan.reasons)})")
    )
    click.echo(row("Project", str(plan.root)))
    if ready is not None and ready.registration is not None:
        from scaffold.cli.registration_view import entered_lines

        click.echo("\n".join(entered_lines(ready.registration, plan.root)))
    click.echo(row("Would start" if dry_run else "Started", line(*plan.argv)))
