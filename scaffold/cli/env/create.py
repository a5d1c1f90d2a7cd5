"""``scaffold env create``: make the environment of a project for this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import environment_options, output_options, wishes_of

if TYPE_CHECKING:
    from scaffold.cli.output import Output


@click.command(name="create")
@environment_options
@click.option(
    "--replace", is_flag=True, help="Replace an environment that you made, or forget an adopted one."
)
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan with all its reasons and do nothing.")
@output_options("scaffold/env/1")
@in_project()
def command(*, yes: bool, replace: bool, dry_run: bool, output: Output, **wished: Any) -> None:
    """Make the environment of the project around this folder, for this machine.

    Goes on where an interrupted `scaffold new` stopped, and rebuilds an environment that is damaged or
    was made for another machine; the old one stays until the new one was tried and computes.
    """
    import dataclasses

    from scaffold.cli.consent import agreed, demand_agreement
    from scaffold.cli.plan_json import setup_plan, setup_report
    from scaffold.cli.plan_view import setup_plan_lines, setup_report_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.create import carry_out, plan_for_project
    from scaffold.making import agreed_to_replace
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    agreed_to_it = demand_agreement(system, replace=replace, asks=output.asks)
    with ProgressDisplay(output) as display:
        project = plan_for_project(system, Path.cwd(), wishes_of(**wished), display.announce)
    if dry_run:
        plan = envelope("scaffold/env/1", done=False, plan=setup_plan(project.setup))
        lines = setup_plan_lines(project.setup, whole=True)
        output.result(plan, lines, summary=f"Planned: the environment of {project.root}")
        return
    output.words(setup_plan_lines(project.setup))
    wishes = agreed(system, project.setup, project.wishes, yes=yes, asks=output.asks)
    setup = agreed_to_replace(project.setup) if agreed_to_it else project.setup
    project = dataclasses.replace(project, wishes=wishes, setup=setup)
    with ProgressDisplay(output) as display:
        report = carry_out(system, project, display.announce, display.report)
    done = envelope("scaffold/env/1", done=True, plan=setup_plan(project.setup), **setup_report(report))
    lines = setup_report_lines(report)
    output.result(done, lines, summary=lines[0])
