"""``scaffold env adopt``: use an environment that the user made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.adopt import AdoptPlan, AdoptReport
    from scaffold.system import System

SCHEMA = "scaffold/adopt/1"


@click.command(name="adopt")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-n", "--dry-run", is_flag=True, help="Show what was found and write nothing.")
@output_options(SCHEMA)
@in_project()
def command(*, path: Path | None, dry_run: bool, output: Output) -> None:
    """Use an environment that you made, of venv's kind or conda's, as it is.

    PATH is its folder or its Python, anywhere on this machine; if not given, the one in the project's
    folder or the one that is active in this shell. Nothing in it is changed, now or later: `run`, `doctor`
    and PyCharm use it, and what the project still needs is told with the command that installs it.
    """
    from scaffold.env.adopt import carry_out, plan_adoption
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    if path is None and system.interactive and output.asks:
        path = _asked(system)
    plan = plan_adoption(system, Path.cwd(), path)
    if dry_run:
        document = envelope(SCHEMA, done=False, plan=as_json(plan))
        output.result(document, environment_lines(plan), summary=f"Planned: {plan.environment.location}")
        return
    output.words(environment_lines(plan))
    report = carry_out(system, plan)
    document = envelope(SCHEMA, done=True, plan=as_json(plan), kept=report.kept)
    output.result(document, _report_lines(plan, report))


def _asked(system: System) -> Path | None:
    """Which of several; None where there is nothing to choose."""
    from scaffold.env.adopt import choices

    found = choices(system, Path.cwd())
    if len(found) < 2:
        return None
    for number, one in enumerate(found, start=1):
        click.echo(f"  {number}  {one}", err=True)
    number = click.prompt("Which one", type=click.IntRange(1, len(found)), default=1, err=True)
    return found[number - 1]


def environment_lines(plan: AdoptPlan) -> list[str]:
    """The environment, what it lacks, what contradicts this machine."""
    from scaffold.cli.text import counted, row
    from scaffold.shell import line

    environment = plan.environment
    python = f"Python {environment.version}" if environment.version else "a Python of unknown version"
    about = f"{python}, {counted(len(environment.packages), 'package')}"
    made = "by conda" if environment.kind == "conda" else f"from {environment.home}"
    lines = [row("Environment", f"{environment.location}: {about}, made {made}")]
    lines.append(row("", "by its files: its Python is not started before it is adopted"))
    lines += [row("Build", f"{one.requirement} on {one.device}") for one in plan.choice.builds]
    for one in plan.findings:
        lines.append(row(one.level.capitalize(), one.message))
        lines += [row("", f"because {why}") for why in one.why]
        lines += [row("", one.remedy)] if one.remedy else []
    lines += [row("Missing" if not number else "", one) for number, one in enumerate(plan.missing)]
    lines += [row("Install", line(*plan.install))] if plan.install else []
    return lines + [row("Note", notice) for notice in plan.notices]


def _report_lines(plan: AdoptPlan, report: AdoptReport) -> list[str]:
    from scaffold.cli.text import row

    lines = [row("Kept", f"{name}: what somebody wrote or chose there stays") for name in report.kept]
    lines.append(row("Try it", "scaffold env check --deep"))
    return [*lines, click.style("Adopted: ", fg="green", bold=True) + str(plan.environment.location)]


def as_json(plan: AdoptPlan) -> dict[str, Any]:
    """The plan for programs."""
    from scaffold.cli.plan_json import choice
    from scaffold.results import plain

    return {
        "environment": plain(plan.environment),
        "known": plan.known,
        "choice": choice(plan.choice),
        "missing": plan.missing,
        "install": plan.install,
        "findings": plain(plan.findings),
        "notices": plan.notices,
    }
