"""``scaffold env``: make or show a project's Python environment."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold.cli.options import environment_options, json_option


@click.group(name="env")
def command() -> None:
    """Make or show a project's Python environment."""


@command.command(name="create")
@environment_options
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan with all its reasons and do nothing.")
@json_option("scaffold/env/1")
def create(
    *, python: str | None, index: str, allow_cuda: bool, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Make the environment of the project around this folder, for this machine.

    Goes on where an interrupted `scaffold new` stopped, and rebuilds an environment that is damaged or
    was made for another machine; the old one stays until the new one was tried and computes.
    """
    from dataclasses import replace

    from scaffold.cli.consent import agreed
    from scaffold.cli.plan_json import setup_plan, setup_report
    from scaffold.cli.plan_view import setup_plan_lines, setup_report_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env import carry_out, plan_for_project
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    with ProgressDisplay(quiet=as_json) as display:
        project = plan_for_project(
            system, Path.cwd(), python=python, index=index, allow_cuda=allow_cuda, announce=display.announce
        )
    if dry_run:
        plan = envelope("scaffold/env/1", done=False, plan=setup_plan(project.setup))
        click.echo(plan if as_json else "\n".join(setup_plan_lines(project.setup, whole=True)))
        return
    if not as_json:
        click.echo("\n".join(setup_plan_lines(project.setup)))
    wishes = agreed(system, project.setup, project.wishes, yes=yes or as_json)
    project = replace(project, wishes=wishes)
    with ProgressDisplay(quiet=as_json) as display:
        report = carry_out(system, project, display.announce, display.report)
    done = envelope(
        "scaffold/env/1", done=True, plan=setup_plan(project.setup), environment=setup_report(report)
    )
    click.echo(done if as_json else "\n".join(setup_report_lines(report)))


@command.command(name="show")
@json_option("scaffold/env/1")
def show(*, as_json: bool) -> None:
    """Show the environment of the project around this folder, from its files alone."""
    from scaffold.cli.text import row
    from scaffold.env import of_project
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    environment = of_project(HostSystem(), Path.cwd())
    if as_json:
        click.echo(envelope("scaffold/env/1", done=True, environment=environment))
        return
    click.echo(row("Environment", str(environment.location)))
    click.echo(row("Python", f"{environment.version}, based on {environment.home}"))
    for name, version in sorted(environment.packages.items()):
        click.echo(row("", f"{name} {version}"))
