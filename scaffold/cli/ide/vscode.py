"""``scaffold ide vscode``: VS Code's files for a project that is there already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.ide.vscode import VscodeIdePlan

SCHEMA = "scaffold/ide-vscode/1"


@click.command(name="vscode")
@click.argument("folder", metavar="[PATH]", default=".", type=click.Path(path_type=Path))
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@click.option("--undo", is_flag=True, help="Take out what scaffold wrote; what you wrote or changed stays.")
@json_option(SCHEMA)
@in_project("folder")
def command(*, folder: Path, dry_run: bool, undo: bool, as_json: bool) -> None:
    """Write VS Code's files: launch, tasks, settings, recommended extensions.

    PATH is the project, the current folder if not given; also one that scaffold did not make. Its run
    configurations become entries of .vscode/launch.json. Files that are there keep every byte of yours:
    only what is missing is added. From then on, scaffold env looks after VS Code's files, too.
    """
    from scaffold.ide.vscode import carry_out, plan_undo, plan_vscode
    from scaffold.system import HostSystem

    plan = (plan_undo if undo else plan_vscode)(HostSystem(), folder)
    if not dry_run:
        carry_out(plan)
    if as_json:
        click.echo(_as_json(plan, done=not dry_run))
    else:
        click.echo("\n".join(plan_lines(plan, undo=undo, dry_run=dry_run)))


def plan_lines(plan: VscodeIdePlan, *, undo: bool, dry_run: bool) -> list[str]:
    """A line for each file that changes, and one for each piece that is not as scaffold would have it."""
    from scaffold.cli.text import row
    from scaffold.vscode.launch import VERSION

    words = ("Would write", "Would remove") if dry_run else ("Changed" if undo else "Wrote", "Removed")
    lines = []
    for one in plan.files:
        if one.changed:
            # the version is the form's, and no entry
            entries = (change.what for change in one.changes if change.piece != VERSION.name)
            added = sum(what in ("added", "updated", "removed") for what in entries)
            count = f"{added} {'entry' if added == 1 else 'entries'}{' taken out' if undo else ''}"
            about = f" ({count})" if added and one.after is not None else ""
            lines.append(row(words[one.after is None], f"{one.path}{about}"))
        if one.backup is not None:
            lines.append(row("Backup", str(one.backup)))
        kept = [change for change in one.changes if change.what == "kept"]
        lines += [row("Kept", f"{one.path}: {change.piece}: {change.why}") for change in kept]
    lines += [row("Left out", f"{one.name}: {one.why}") for one in plan.left_out]
    if not (undo or plan.translated or plan.left_out):
        lines.append(row("Note", "the project has no run configurations, so there is nothing to translate"))
    if plan.is_done:
        nothing = "nothing of scaffold's is there" if undo else "everything is as it should be"
        lines.append(row("Unchanged", nothing))
    return lines


def _as_json(plan: VscodeIdePlan, *, done: bool) -> str:
    from scaffold.results import envelope

    files = [
        {
            "path": str(one.path),
            "what": "unchanged" if not one.changed else "removed" if one.after is None else "written",
            "backup": str(one.backup) if one.backup is not None else None,
            "changes": [{"name": c.piece, "what": c.what, "why": c.why} for c in one.changes],
        }
        for one in plan.files
        if one.before is not None or one.after is not None
    ]
    return envelope(SCHEMA, done=done, root=plan.root, ide=plan.ide, files=files, left_out=plan.left_out)
