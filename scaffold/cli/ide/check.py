"""``scaffold ide check``: what is wrong with a project's PyCharm files, ours or not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.checks.model import Finding
    from scaffold.ide.check import FixPlan
    from scaffold.system import System

SCHEMA = "scaffold/ide-check/1"


@click.command(name="check")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--fix", is_flag=True, help="Cure what can be cured safely; every file is backed up first.")
@click.option("--undo", is_flag=True, help="Take back what the last --fix changed.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before files are changed.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@json_option(SCHEMA)
@click.pass_context
@in_project("path")
def command(
    context: click.Context,
    *,
    path: Path,
    fix: bool,
    undo: bool,
    dry_run: bool,
    yes: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Say what is wrong with a project's PyCharm files, and cure what can be cured.

    For any PyCharm project, whoever made it. Without --fix nothing is changed.
    Exit status: 0 nothing is wrong, 1 warnings with --strict, 2 errors. After --undo: 0.
    """
    from scaffold.errors import OptionRefused
    from scaffold.ide.check import check, plan_fix, plan_undo
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    if not path.exists():
        raise OptionRefused(f"{path} is not there", hint="name the project's folder")
    if (fix and undo) or ((dry_run or yes) and not (fix or undo)):
        raise OptionRefused("--dry-run and --yes go with either --fix or --undo")
    system, told = HostSystem(), dict[str, Any]()
    if fix or undo:
        plan = plan_undo(system, path) if undo else plan_fix(system, path)
        told = _carried_out(system, plan, undo=undo, dry_run=dry_run, yes=yes, as_json=as_json)
        if undo:
            if as_json:
                click.echo(envelope(SCHEMA, summary={"project": plan.root}, findings=(), **told))
            return
    facts, findings = check(system, path)
    counts: Counter[str] = Counter(finding.level for finding in findings)
    _show(facts.root, findings, counts, told, as_json=as_json)
    context.exit(2 if counts["error"] else 1 if strict and counts["warning"] else 0)


def _show(
    root: Path, findings: tuple[Finding, ...], counts: Counter[str], told: dict[str, Any], *, as_json: bool
) -> None:
    from scaffold.checks.ide.shown import FIX
    from scaffold.cli.findings_view import LEVELS, finding_lines, finding_rows, summary_line
    from scaffold.results import envelope

    if as_json:
        summary = {"project": root, **{level: counts[level] for level in LEVELS}}
        click.echo(envelope(SCHEMA, summary=summary, findings=finding_rows(findings), **told))
        return
    lines = [f"Looked at the PyCharm files of {root}.", *finding_lines(findings), summary_line(counts)]
    if not told and any(FIX in one.remedy.commands for one in findings if one.remedy):
        lines.append("See what --fix would change:  scaffold ide check --fix --dry-run")
    click.echo("\n".join(lines))


def _carried_out(
    system: System, plan: FixPlan, *, undo: bool, dry_run: bool, yes: bool, as_json: bool
) -> dict[str, Any]:
    """Show, ask, write; what of it programs are told."""
    from scaffold.ide.check import carry_out, demand_yes, difference

    if not as_json:
        click.echo("\n".join(_plan_lines(plan, undo=undo)))
    agreed = yes or not plan.changes
    if not dry_run and not agreed:
        if as_json or not system.interactive:
            demand_yes(plan)
        click.confirm("Write this?", default=False, abort=True)
    backup = carry_out(plan, undo=undo) if plan.changes and not dry_run else None
    if backup and not as_json:
        click.echo(f"Written. Take it back with:  scaffold ide check --undo   (kept in {backup})\n")
    elif undo and not dry_run and not as_json:
        click.echo("Taken back: these files are as they were.")
    rows = [
        {"path": one.path, "removed": one.after is None, "reasons": one.reasons, "lines": difference(one)}
        for one in plan.changes
    ]
    done = bool(plan.changes) and not dry_run
    return {"fix": {"undo": undo, "done": done, "changes": rows, "backup": backup, "open": plan.open}}


def _plan_lines(plan: FixPlan, *, undo: bool) -> list[str]:
    """Each file with its reasons and the lines that change."""
    from scaffold.ide.check import difference
    from scaffold.ide.open_ides import closing

    if not plan.changes:
        return ["There is nothing that --fix could change.", ""]
    lines = ["Takes back the last --fix:" if undo else "Cures:"]
    for one in plan.changes:
        what = " (goes away)" if one.after is None else " (new)" if one.before is None else ""
        lines.append(f"  {one.path}{what}: {', '.join(one.reasons)}")
        if one.after is not None and one.before is not None:
            lines += [f"    {line}" for line in difference(one)]
    if plan.open:
        lines += ["", closing(plan.open)]
    return [*lines, ""]
