"""``scaffold doctor``: what is wrong, the evidence, and what cures it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import facts_option, json_option, told_lines

if TYPE_CHECKING:
    from scaffold.checks.model import Finding
    from scaffold.facts.model import Observed

LEVELS = {
    "error": "red",
    "warning": "yellow",
    "unknown": "yellow",
    "info": "blue",
    "skipped": "blue",
    "ok": "green",
}


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
    from scaffold.doctor import diagnose
    from scaffold.errors import OptionRefused
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    if not path.exists():
        raise OptionRefused(f"{path} is not there", hint="name the project's folder")
    observed = _told(facts)
    known, findings = diagnose(HostSystem(), path, deep=deep, machine=observed.machine if observed else None)
    counts: Counter[str] = Counter(finding.level for finding in findings)
    if as_json:
        told = {"facts": facts, "notes": observed.notes} if observed else {}
        summary = {"project": known.root, **told, **{level: counts[level] for level in LEVELS}}
        click.echo(envelope("scaffold/doctor/1", summary=summary, findings=findings))
    else:
        head = told_lines(observed, facts) if observed and facts else []
        where = _where(known.root, told=bool(observed))
        lines = [*head, f"Doctor looked at {where}.", *finding_lines(findings), summary_line(counts)]
        click.echo("\n".join(lines))
    context.exit(2 if counts["error"] else 1 if strict and counts["warning"] else 0)


def _told(facts: str | None) -> Observed | None:
    if facts is None:
        return None
    from scaffold.facts import read_facts

    return read_facts(facts)


def _where(root: Path | None, *, told: bool) -> str:
    machine = "the machine that was told" if told else "this machine"
    if root is None:
        return f"{machine} (no project here)"
    return f"project {root} and {machine}" if told else f"project {root}"


def finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    """Findings, worst first; what is in order on one line each."""
    order = list(LEVELS)
    lines: list[str] = []
    for finding in sorted(findings, key=lambda one: order.index(one.level)):
        level = click.style(finding.level.ljust(8), fg=LEVELS[finding.level], bold=finding.level == "error")
        lines.append(f"{level} {finding.id}  {finding.title}")
        if finding.level != "ok":
            lines += [f"           {line}" for line in _details(finding)]
    return lines


def _details(finding: Finding) -> list[str]:
    lines = finding.detail.splitlines()
    lines += [f"{one.source}: {one.value}" for one in finding.evidence]
    lines += [f"Not the cause: {one}" for one in finding.not_the_cause]
    if finding.remedy is not None:
        from scaffold.shell import quoted

        commands = [" ".join(quoted(part) for part in one) for one in finding.remedy.commands]
        first, *more = [*commands, ""]
        lines.append(f"Fix: {finding.remedy.text}" + (f": {first}" if first else ""))
        lines += [f"     then: {one}" for one in more if one]
    return lines


def summary_line(counts: Counter[str]) -> str:
    """What it comes to; never "no problems" where something was not looked at."""
    from scaffold.checks.model import counted

    unseen = counts["skipped"] + counts["unknown"]
    if counts["error"] or counts["warning"]:
        text = f"{counted(counts['error'], 'error')}, {counted(counts['warning'], 'warning')}"
    else:
        text = "Nothing wrong was found"
    return text + (f"; {unseen} not looked at" if unseen else "")
