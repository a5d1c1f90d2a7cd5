"""``scaffold builds --lint LOCKFILE``: whether what a lock file pins runs on this machine."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scaffold.locks.model import Lock, LockFinding
    from scaffold.machine.model import Machine

LEVELS = {"error": "red", "warning": "yellow", "info": "blue"}


def lint(path: str | Path, observed_machine: Machine, python: str, *, as_json: bool) -> int:
    """Judge a lock file and print the findings; the exit status: 1 with errors, else 0.

    ``path`` ``-`` is standard input. ``python`` "" leaves the choice to the lock. Raises OptionRefused
    where the file is no lock.
    """
    from scaffold.locks.lint import installed_here, python_for
    from scaffold.locks.lint import lint as judge

    lock, name = _read(Path(path))
    chosen = python_for(lock, python)
    findings = judge(lock, observed_machine, chosen)
    packages = len(installed_here(lock, observed_machine, chosen))
    if as_json:
        click.echo(_as_json(name, lock, observed_machine, chosen, findings, packages))
    else:
        count = f"{packages} package{'s' * (packages != 1)}"
        head = f"{name} ({lock.format}): {count} for {machine_line(observed_machine, chosen)}"
        lines = [head, *finding_lines(name, findings)]
        lines += [f"{'note'.ljust(8)} {note}" for note in lock.notes]
        click.echo("\n".join([*lines, summary_line(findings)]))
    return 1 if any(one.level == "error" for one in findings) else 0


def _read(path: Path) -> tuple[Lock, str]:
    from scaffold.locks.reading import LIMIT, parse_lock, read_lock

    if str(path) != "-":
        return read_lock(path), str(path)
    content = sys.stdin.buffer.read(LIMIT)
    return parse_lock(content.decode("utf-8", errors="replace")), "standard input"


def machine_line(machine: Machine, python: str) -> str:
    """The machine on one line: what the judgement rests on."""
    gpus = Counter(one.name for one in machine.accelerators)
    driver = next((one.driver for one in machine.accelerators if one.driver), "")
    named = ", ".join(f"{count} x {name}" if count > 1 else name for name, count in gpus.items())
    facts = [
        named or "no GPU",
        f"driver {driver}" if driver else "",
        f"{machine.host.os} {machine.host.architecture}",
        machine.host.libc,
        f"Python {python}",
    ]
    return " · ".join(fact for fact in facts if fact)


def finding_lines(name: str, findings: tuple[LockFinding, ...]) -> list[str]:
    """Each finding with its line in the file, its evidence and what can be done."""
    lines: list[str] = []
    for one in findings:
        level = click.style(one.level.ljust(8), fg=LEVELS[one.level], bold=one.level == "error")
        place = f"{one.file or Path(name).name}:{one.line}  " if one.line else ""
        lines.append(f"{level} {place}{one.message}")
        lines += [f"           {reason}" for reason in one.why]
        if one.remedy:
            lines.append(f"           Fix: {one.remedy}")
    return lines


def summary_line(findings: tuple[LockFinding, ...]) -> str:
    """What it comes to."""
    counts = Counter(one.level for one in findings)
    if not findings:
        return "Nothing in it contradicts this machine."
    if not counts["error"] and not counts["warning"]:
        return "Nothing that is installed unasked contradicts this machine."
    errors, warnings = counts["error"], counts["warning"]
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _as_json(
    name: str, lock: Lock, machine: Machine, python: str, findings: tuple[LockFinding, ...], packages: int
) -> str:
    from scaffold.results import envelope

    counts: Counter[str] = Counter(one.level for one in findings)
    short: dict[str, Any] = {
        "os": machine.host.os,
        "architecture": machine.host.architecture,
        "libc": machine.host.libc,
        "python": python,
        "driver": next((one.driver for one in machine.accelerators if one.driver), ""),
        "cuda_driver": machine.cuda_driver,
        "status": machine.status,
        "accelerators": [
            {"vendor": one.vendor, "name": one.name, "capability": one.capability, "status": one.status}
            for one in machine.accelerators
        ],
    }
    return envelope(
        "scaffold/lint/1",
        file=name,
        format=lock.format,
        machine=short,
        findings=findings,
        notes=lock.notes,
        summary={"packages": packages, **{level: counts[level] for level in LEVELS}},
    )
