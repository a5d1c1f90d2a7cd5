"""Doctor's rules: pure functions from facts to findings, one subject a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks import builds, frameworks, interpreter, machine, project, runs
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding

Check = Callable[[Facts], Iterator[Finding]]

#: In the order in which findings are shown: what lies deepest comes first.
CHECKS: tuple[Check, ...] = (
    machine.accelerators_usable,
    project.record_readable,
    project.metadata_readable,
    interpreter.environment_there,
    project.environment_known,
    interpreter.files_whole,
    frameworks.installed,
    project.requirements_installed,
    builds.data_readable,
    builds.machine_as_planned,
    frameworks.gpu_used,
    builds.packages_fit,
    frameworks.computes,
    runs.run_configurations,
)


def examine(facts: Facts, checks: tuple[Check, ...] = CHECKS) -> tuple[Finding, ...]:
    """Ask every check. One that breaks becomes a finding of its own and stops no other."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings.extend(check(facts))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other checks must still be heard
            findings.append(_broken(check, problem))
    return tuple(findings)


def _broken(check: Check, problem: Exception) -> Finding:
    name = getattr(check, "__name__", repr(check))
    return Finding(
        id="doctor.check-failed",
        level="unknown",
        title=f"The check {name} broke, so what it looks for is unknown",
        detail=f"{type(problem).__name__}: {problem}",
        cause="doctor-check-failed",
    )
