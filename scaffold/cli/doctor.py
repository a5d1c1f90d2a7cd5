"""``scaffold doctor``: what is wrong, the evidence, and what cures it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import facts_option, json_option, told_lines

if TYPE_CHECKING:
    from scaffold.checks.facts import Facts
    from scaffold.facts.model import Observed


@click.command(name="doctor")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--deep", is_flag=True, help="Let each framework import and make a training step.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@facts_option
@json_option("scaffold/doctor/1")
@click.pass_context
def command(
    context: click.Context, *, path: Path, deep: bool, strict: bool, facts: str | None, as_json: bool
) -> None:
    """Say what is wrong with a project or this machine, and what cures it.

    Read-only and offline. Exit status: 0 nothing is wrong, 1 warnings with --strict, 2 errors.
    """
    from scaffold.cli.findings_view import LEVELS, finding_lines, summary_line
    from scaffold.doctor import Request, diagnose
    from scaffold.errors import OptionRefused
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    if not path.exists():
        raise OptionRefused(f"{path} is not there", hint="name the project's folder")
    told, observed, alone = _told(facts)
    request = Request(start=path, deep=deep, told=told, machine_alone=alone)
    known, findings = diagnose(HostSystem(), request)
    counts: Counter[str] = Counter(finding.level for finding in findings)
    if as_json:
        source = {"facts": facts, "notes": observed.notes} if observed else {}
        summary = {"project": known.root, **source, **{level: counts[level] for level in LEVELS}}
        click.echo(envelope("scaffold/doctor/1", summary=summary, findings=findings))
    else:
        head = told_lines(observed, facts) if observed and facts else []
        where = _where(known.root, told=bool(observed))
        lines = [*head, f"Doctor looked at {where}.", *finding_lines(findings), summary_line(counts)]
        click.echo("\n".join(lines))
    context.exit(2 if counts["error"] else 1 if strict and counts["warning"] else 0)


def _told(facts: str | None) -> tuple[Facts | None, Observed | None, bool]:
    if facts is None:
        return None, None, False
    from scaffold.replay.read import read

    return read(facts)


def _where(root: Path | None, *, told: bool) -> str:
    machine = "the machine that was told" if told else "this machine"
    if root is None:
        return f"{machine} (no project here)"
    return f"project {root} and {machine}" if told else f"project {root}"
