"""``scaffold builds --lint LOCKFILE``: whether what a lock file pins runs on this machine."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.locks.lint import JudgedFor
    from scaffold.locks.model import Lock, LockFinding
    from scaffold.machine.model import Machine

LEVELS = {"error": "red", "warning": "yellow", "info": "blue"}


def lint(
    path: str | Path, observed_machine: Machine, python: str, *, told_python: str = "", as_json: bool
) -> int:
    """Judge a lock file and print the findings; the exit status: 1 with errors, else 0.

    A file of which nothing was understood is no success either: 1.

    ``path`` ``-`` is standard input. ``python`` "" leaves the choice to the lock, then to
    ``told_python``, the told machine's. Raises OptionRefused where the file is no lock.
    """
    from scaffold.locks.lint import installed_here, judged_for
    from scaffold.locks.lint import lint as judge

    lock, name = _read(Path(path))
    chosen = judged_for(lock, python, told_python)
    findings = judge(lock, observed_machine, chosen.version)
    packages = len(installed_here(lock, observed_machine, chosen.version))
    if as_json:
        click.echo(_as_json(name, lock, observed_machine, chosen, findings, packages))
    else:
        count = f"{packages} package{'s' * (packages != 1)}"
        head = f"{name} ({lock.format}): {count} for {machine_line(observed_machine, chosen)}"
        lines = [head, *finding_lines(name, findings)]
        lines += [f"{'note'.ljust(8)} {note}" for note in lock.notes]
        complete = bool(packages) and not lock.notes
        click.echo("\n".join([*lines, summary_line(findings, complete=complete)]))
    unread = not lock.packages and bool(lock.notes)
    return 1 if unread or any(one.level == "error" for one in findings) else 0


def _read(path: Path) -> tuple[Lock, str]:
    from scaffold.locks.reading import LIMIT, parse_lock, read_lock

    if str(path) != "-":
        return read_lock(path), str(path)
    content = sys.stdin.buffer.read(LIMIT)
    return parse_lock(content.decode("utf-8", errors="replace")), "standard input"


def machine_line(machine: Machine, python: JudgedFor) -> str:
    """The machine on one line: what the judgement rests on."""
    from scaffold.machine.fingerprint import fingerprint
    from scaffold.machine.model import counted

    driver = fingerprint(machine).nvidia_driver
    named = ", ".join(counted(one.name for one in machine.accelerators))
    facts = [
        named or "no GPU",
        f"driver {driver}" if driver else "",
        f"{machine.host.os} {machine.host.architecture}",
        machine.host.libc,
        f"Python {python.version}" + (" (assumed)" if python.source == "assumed" else ""),
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


def summary_line(findings: tuple[LockFinding, ...], *, complete: bool = True) -> str:
    """What it comes to; ``complete``: all of it was read, and something of it would be installed."""
    counts = Counter(one.level for one in findings)
    if not complete and not counts["error"] and not counts["warning"]:
        return "Nothing that could be read contradicts this machine."
    if not findings:
        return "Nothing in it contradicts this machine."
    if not counts["error"] and not counts["warning"]:
        return "Nothing that is installed unasked contradicts this machine."
    errors, warnings = counts["error"], counts["warning"]
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def _as_json(
    name: str,
    lock: Lock,
    machine: Machine,
    python: JudgedFor,
    findings: tuple[LockFinding, ...],
    packages: int,
) -> str:
    from scaffold.machine.fingerprint import fingerprint
    from scaffold.results import envelope, plain

    counts: Counter[str] = Counter(one.level for one in findings)
    return envelope(
        "scaffold/lint/1",
        file=name,
        format=lock.format,
        machine=plain(fingerprint(machine)),
        python=python,
        findings=findings,
        notes=lock.notes,
        summary={
            "packages": packages,
            "complete": bool(packages) and not lock.notes,
            **{level: counts[level] for level in LEVELS},
        },
    )
