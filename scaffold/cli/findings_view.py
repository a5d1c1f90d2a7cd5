"""Findings as lines for people: worst first, each with its evidence and what cures it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.checks.model import Finding

LEVELS = {
    "error": "red",
    "warning": "yellow",
    "unknown": "yellow",
    "info": "blue",
    "skipped": "blue",
    "ok": "green",
}


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
