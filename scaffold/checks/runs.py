"""Run configurations that point at things that exist."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy, counted


def run_configurations(facts: Facts) -> Iterator[Finding]:
    """Every run configuration of the project can be started."""
    if facts.runs is None:
        return
    if facts.unusable:
        yield Finding(
            id="ide.run-config",
            level="skipped",
            title=f"Run configurations were not looked at: {facts.unusable}",
        )
        return
    broken = [run for run in facts.runs if run.problems]
    for run in broken:
        yield Finding(
            id="ide.run-config-script",
            level="error",
            title=f'Run configuration "{run.name}" cannot be started',
            detail=run.problems[0],
            cause="run-config-target-missing",
            evidence=tuple(Evidence(source=run.path, value=problem) for problem in run.problems),
            remedy=Remedy(text="correct it (PyCharm: Run | Edit Configurations), or delete its file"),
        )
    if not broken:
        yield Finding(
            id="ide.run-config",
            level="ok",
            title=f"{counted(len(facts.runs), 'run configuration')} can be started",
        )
