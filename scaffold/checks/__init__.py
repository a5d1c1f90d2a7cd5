"""Doctor's rules: pure functions from facts to findings, one subject a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scaffold.checks import (
    builds,
    contents,
    frameworks,
    interpreter,
    locks,
    machine,
    project,
    proved,
    runs,
)
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding, broken

Check = Callable[[Facts], Iterator[Finding]]

#: About one environment, from the files below its folder and the project's lock.
ENVIRONMENT_CHECKS: tuple[Check, ...] = (
    interpreter.environment_there,
    project.environment_known,
    interpreter.files_whole,
    contents.files_owned_once,
    contents.metadata_whole,
    contents.nothing_half_removed,
    contents.paths_alive,
    contents.keeps_to_itself,
    contents.builds_kept,
    locks.usable,
    locks.as_locked,
    locks.as_planned,
    frameworks.installed,
    project.requirements_installed,
    project.project_itself,
    proved.still_proved,
    frameworks.computes,
)

#: All that doctor asks, in the order in which findings are shown: what lies deepest comes first.
CHECKS: tuple[Check, ...] = (
    machine.accelerators_usable,
    project.record_readable,
    project.metadata_readable,
    *ENVIRONMENT_CHECKS[:-2],
    builds.data_readable,
    builds.machine_as_planned,
    frameworks.gpu_used,
    builds.packages_fit,
    *ENVIRONMENT_CHECKS[-2:],
    runs.ide_files,
)


#: What nobody can tell of an environment whose making was interrupted.
OF_WHOLE_ONES = frozenset(
    (
        interpreter.files_whole,
        contents.files_owned_once,
        contents.metadata_whole,
        contents.nothing_half_removed,
        contents.paths_alive,
        contents.keeps_to_itself,
        contents.builds_kept,
        locks.as_locked,
        locks.as_planned,
        frameworks.installed,
        frameworks.gpu_used,
        builds.packages_fit,
        project.requirements_installed,
        project.project_itself,
        proved.still_proved,
        frameworks.computes,
    )
)


def examine(facts: Facts, checks: tuple[Check, ...] = CHECKS) -> tuple[Finding, ...]:
    """Ask every check, of further environments those that are about one. One that breaks stops no other."""
    findings = list(_asked(facts, checks))
    for further in facts.further:
        about = f"Environment {further.name}: "
        findings += [replace(one, title=about + one.title) for one in _asked(further, ENVIRONMENT_CHECKS)]
    return tuple(findings)


def _asked(facts: Facts, checks: tuple[Check, ...]) -> Iterator[Finding]:
    """What each check says; one that breaks says that."""
    for check in checks:
        if check in OF_WHOLE_ONES and facts.environment is not None and facts.state == "creating":
            continue  # a consequence: `interpreter.environment_there` says the cause
        try:
            yield from tuple(check(facts))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other checks must still be heard
            yield broken(check, problem)
