"""Doctor's rules: pure functions from facts to findings, one subject a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scaffold.checks import (
    builds,
    contents,
    deep,
    extensions,
    frameworks,
    gpu,
    interpreter,
    libraries,
    locks,
    machine,
    network,
    packages,
    project,
    proved,
    python,
    room,
    runs,
    sources,
    unread,
    updates,
    wheels,
)
from scaffold.checks.automatic import marked
from scaffold.checks.causes import suppressed
from scaffold.checks.facts import Facts
from scaffold.checks.from_log import with_log
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
    *updates.RULES,
    project.record_readable,
    project.metadata_readable,
    *ENVIRONMENT_CHECKS[:-2],
    builds.data_readable,
    builds.machine_as_planned,
    builds.packages_fit,
    *ENVIRONMENT_CHECKS[-2:],
    project.opens_and_tests,
    *deep.RULES,
    *gpu.RULES,
    *python.RULES,
    *wheels.RULES,
    *packages.RULES,
    *libraries.RULES,
    *extensions.RULES,
    *sources.RULES,
    *room.RULES,
    *network.RULES,
    runs.ide_files,
    *unread.RULES,
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
    findings += [_unprobed(one) for one in facts.failed_probes]
    told = with_log(findings, facts.log)
    for run in facts.deep.runs if facts.deep else ():
        told = with_log(told, run.log)
    return marked(suppressed(told), facts)


def _unprobed(failure: str) -> Finding:
    """A probe that broke: the rules that need its facts could not be asked."""
    subject, _, problem = failure.partition(": ")
    return Finding(
        id="doctor.check-failed",
        level="unknown",
        title=f"The facts about {subject} could not be gathered, so what depends on them is unknown",
        detail=problem,
        cause="doctor-probe-failed",
    )


def _asked(facts: Facts, checks: tuple[Check, ...]) -> Iterator[Finding]:
    """What each check says; one that breaks says that."""
    for check in checks:
        if facts.before and check in ENVIRONMENT_CHECKS:
            continue  # there is no environment yet, and that is no mistake
        if check in OF_WHOLE_ONES and facts.environment is not None and facts.state == "creating":
            continue  # a consequence: `interpreter.environment_there` says the cause
        try:
            yield from tuple(check(facts))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other checks must still be heard
            yield broken(check, problem)
