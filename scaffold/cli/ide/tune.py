"""``scaffold ide tune``: PyCharm made fast for a deep-learning project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.ide.tune import TunePlan
    from scaffold.system import System

SCHEMA = "scaffold/ide-tune/1"


@click.command(name="tune")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option(
    "--heap",
    metavar="4g",
    help="PyCharm's own memory (a bare number: MB); chosen by this computer's if not given.",
)
@click.option(
    "--ide",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The PyCharm that is meant: where it is installed, or its settings.  [default: the newest]",
)
@click.option("--undo", is_flag=True, help="Make everything as it was before.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be done and do nothing.")
@json_option(SCHEMA)
def command(
    *, folder: Path, heap: str | None, ide: Path | None, undo: bool, dry_run: bool, as_json: bool
) -> None:
    """Make PyCharm fast: its memory, and no indexing of data.

    FOLDER is the project, the current folder if not given. Of the file with PyCharm's memory one
    line is changed; large folders of data are excluded in the project. What needs an administrator
    is said, with the commands.
    """
    from scaffold.ide.tune import carry_out, plan_tune
    from scaffold.system import HostSystem

    system = HostSystem()
    if undo:
        _undo(system, folder, dry_run=dry_run, as_json=as_json)
        return
    plan = plan_tune(system, folder, heap=heap, ide=ide)
    if not dry_run:
        carry_out(system, plan)
    click.echo(_json(plan, done=not dry_run) if as_json else "\n".join(_lines(plan, done=not dry_run)))


def _undo(system: System, folder: Path, *, dry_run: bool, as_json: bool) -> None:
    from scaffold.cli.text import row
    from scaffold.ide.open_ides import closing
    from scaffold.ide.tune_undo import carry_out, plan_undo
    from scaffold.results import envelope

    plan = plan_undo(system, folder)
    if not dry_run:
        carry_out(plan)
    files = [f"{one.file} {one.action}" for one in plan.files]
    files += [f"{one.path} becomes as it was" for one in plan.changes]
    if as_json:
        click.echo(envelope(SCHEMA, done=not dry_run, undone=files, open=plan.open))
        return
    for line in files:
        click.echo(row("Would undo" if dry_run else "Undone", line))
    if plan.open:
        click.echo(row("Next", closing(plan.open)))


def _lines(plan: TunePlan, *, done: bool) -> list[str]:
    from scaffold.checks.ide.exclusions import extent
    from scaffold.cli.text import row
    from scaffold.ide.open_ides import closing

    step = plan.heap
    title = plan.installation.title if plan.installation else "PyCharm"
    if step.action == "set":
        verb = "is now" if done else "would be"
        lines = [row("Memory", f"{title}: {verb} {step.after} MB, {step.before} MB before ({step.reason})")]
        lines.append(row("File", str(step.file)))
    else:
        amount = f"{step.before} MB stay" if step.before else "nothing to do"
        lines = [row("Memory", f"{title}: {amount} ({step.reason})")]
    verb = "large, not excluded yet" if plan.unlisted else "excluded" if done else "would be excluded"
    for folder in plan.folders:
        lines.append(row("Indexing", f"{folder.path} {'is ' * plan.unlisted}{verb}: {extent(folder)}"))
    if not plan.folders:
        where = f"nothing large is indexed in {plan.root}" if plan.root else "there is no project here"
        lines.append(row("Indexing", where))
    for one in plan.advice:
        lines += [row("By hand", one.text), *(f"  {command}" for command in one.commands)]
    if plan.open:
        lines.append(row("Next", closing(plan.open)))
    if plan.running and step.action == "set":
        lines.append(row("Next", f"restart PyCharm: {plan.running}"))
    return lines


def _json(plan: TunePlan, *, done: bool) -> str:
    from scaffold.results import envelope

    step = plan.heap
    return envelope(
        SCHEMA,
        done=done,
        changed=done and not plan.is_empty,
        root=plan.root,
        installation=plan.installation,
        heap={
            "action": step.action,
            "file": None if step.file is None else str(step.file),
            "before_mb": step.before,
            "after_mb": step.after,
            "reason": step.reason,
        },
        excluded=() if plan.unlisted else plan.folders,
        large=plan.folders if plan.unlisted else (),
        files=[one.path for one in plan.changes],
        advice=plan.advice,
        running=plan.running,
        open=plan.open,
    )
