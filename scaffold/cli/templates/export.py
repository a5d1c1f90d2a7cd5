"""``scaffold templates export``: one of our templates for those who use Copier or cookiecutter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import completer, output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.authoring.export import ExportPlan
    from scaffold.projects.export.model import ExportFormat

SCHEMA = "scaffold/export/1"


@click.command(name="export")
@click.argument("template", metavar="NAME|LOCATION", shell_complete=completer("template locations"))
@click.option(
    "--as",
    "foreign",
    type=click.Choice(["copier", "cookiecutter"]),
    required=True,
    help="Whose template it becomes.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder to make.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@output_options(SCHEMA)
def command(*, template: str, foreign: ExportFormat, target: Path, dry_run: bool, output: Output) -> None:
    """Write a template as one of Copier's or cookiecutter's.

    What it makes there is byte for byte what `scaffold new --no-env` makes here, less what is chosen for
    one machine; that is proved before anything is written. No code of the exported template ever runs, so
    nobody has to trust it.
    """
    from scaffold.authoring.export import carry_out, plan_export
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    plan = plan_export(HostSystem(), template, foreign, target)
    if not dry_run:
        carry_out(plan)
    document = envelope(SCHEMA, done=not dry_run, plan=_as_json(plan))
    done = "Planned" if dry_run else "Exported"
    summary = click.style(f"{done}: ", fg="green", bold=True) + str(plan.target)
    output.result(document, [*_lines(plan), summary])


def _lines(plan: ExportPlan) -> list[str]:
    from scaffold.cli.text import counted, row
    from scaffold.shell import line

    exported = plan.exported
    files = f"{counted(len(exported.files), 'file')}, of which {plan.title} renders {exported.rendered}"
    return [
        row("Template", f"{plan.template.name} {plan.template.version}, as {plan.title}'s"),
        row("Files", files),
        row("Asks", ", ".join(exported.asks)),
        *(row("Note", note) for note in exported.notes),
        row("Use it", line(*plan.command)),
    ]


def _as_json(plan: ExportPlan) -> dict[str, Any]:
    exported = plan.exported
    return {
        "template": plan.template.name,
        "version": plan.template.version,
        "provider": plan.template.provider,
        "format": exported.format,
        "target": plan.target,
        "asks": exported.asks,
        "files": [str(path) for path in exported.files],
        "rendered": exported.rendered,
        "notes": exported.notes,
        "command": plan.command,
    }
