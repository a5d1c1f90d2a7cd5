"""``scaffold env check``: whether the environments of a project are what they should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import completer, output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.check import CheckReport


@click.command(name="check")
@click.argument("name", required=False, shell_complete=completer("environments"))
@click.option(
    "--deep",
    is_flag=True,
    help="Read every installed file, and let each framework compute on its device; keeps what was proved.",
)
@output_options("scaffold/env-check/1")
@click.pass_context
@in_project()
def command(context: click.Context, *, name: str | None, deep: bool, output: Output) -> None:
    """Say what is damaged in a project's environments, and where they differ from their lock.

    NAME is one of them, such as .venv or keras; all where none is given. Offline, and changes nothing.
    Exit status: 0 all is as it should be, 1 something is not.
    """
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.check import check
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    with ProgressDisplay(output) as display:
        report = check(HostSystem(), Path.cwd(), name, deep=deep, report=display.report)
    document = envelope(
        "scaffold/env-check/1", sound=report.is_sound, root=report.root, environments=report.environments
    )
    output.result(document, _lines(report), summary=_summary(report))
    context.exit(0 if report.is_sound else 1)


def _lines(report: CheckReport) -> list[str]:
    from scaffold.cli.findings_view import finding_lines

    lines: list[str] = []
    for one in report.environments:
        lines += [f"Environment {one.name} ({one.location})", *finding_lines(one.findings), ""]
    return [*lines, _summary(report)]


def _summary(report: CheckReport) -> str:
    unsound = [one.name for one in report.environments if not one.is_sound]
    if unsound:
        return f"Not as it should be: {', '.join(unsound)}"
    several = len(report.environments) > 1
    return "The environments are as they should be" if several else "The environment is as it should be"
