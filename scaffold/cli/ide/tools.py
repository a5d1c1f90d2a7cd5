"""``scaffold ide tools``: scaffold's commands in PyCharm's Tools menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.ide.tools import ToolsPlan, ToolsStep

SCHEMA = "scaffold/ide-tools/1"


@click.command(name="tools")
@click.option(
    "--ide",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Only this PyCharm: where it is installed, or its settings.  [default: every one]",
)
@click.option("--undo", is_flag=True, help="Take scaffold's entries out again; those you changed stay.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@json_option(SCHEMA)
@click.pass_context
def command(context: click.Context, *, ide: Path | None, undo: bool, dry_run: bool, as_json: bool) -> None:
    """Put doctor, env sync and more into PyCharm's Tools menu.

    They are there in every project: Tools | External Tools. PyCharm must be closed, because it writes its
    settings when it ends; one that is open is told and left alone. Exit status 1: not everywhere done.
    """
    from scaffold.ide.tools import carry_out, plan_tools
    from scaffold.system import HostSystem

    system = HostSystem()
    plan = plan_tools(system, ide=ide, undo=undo)
    if not dry_run:
        plan = carry_out(system, plan)
    if as_json:
        click.echo(_as_json(plan, done=not dry_run))
    else:
        click.echo("\n".join(line for step in plan.steps for line in step_lines(step, dry_run=dry_run)))
    if any(step.outcome in ("open", "failed") for step in plan.steps):
        context.exit(1)


def step_lines(step: ToolsStep, *, dry_run: bool) -> list[str]:
    """One PyCharm: what became of its menu, and why not where it did not."""
    from scaffold.cli.text import row

    words = {
        "write": "would be written" if dry_run else "written",
        "remove": "would go: nothing else is in it" if dry_run else "removed: nothing else was in it",
        "unchanged": "everything is as it should be",
        "open": f"not touched: {step.why}; close PyCharm and run this again",
        "failed": f"not touched: {step.why}",
    }
    lines = [row(step.folder.title, words[step.outcome])]
    if step.outcome in ("write", "remove"):
        lines.append(row("", str(step.path)))
    done = () if step.outcome in ("open", "failed") else step.changes
    for change in (one for one in done if one.what != "unchanged"):
        why = f" ({change.why})" if change.why else ""
        lines.append(row("", f"{change.what}: {change.name}{why}"))
    if step.backup is not None:
        lines.append(row("Backup", str(step.backup)))
    return lines


def _as_json(plan: ToolsPlan, *, done: bool) -> str:
    from scaffold.results import envelope

    ides = [
        {
            "folder": str(step.folder.path),
            "version": step.folder.version,
            "product": step.folder.product,
            "outcome": step.outcome,
            "why": step.why,
            "file": str(step.path),
            "backup": str(step.backup) if step.backup is not None else None,
            "changes": [{"name": c.name, "what": c.what, "why": c.why} for c in step.changes],
        }
        for step in plan.steps
    ]
    return envelope(SCHEMA, done=done, program=plan.program, ides=ides)
