"""``scaffold env check``: whether each environment of a project is what it should be.

Offline and read-only; only ``deep`` starts something of an environment, and keeps what it proved.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.environments.layout import Place
from scaffold.environments.model import Report
from scaffold.errors import NoPermission, NotAProject, ScaffoldError
from scaffold.machine.model import Machine
from scaffold.projects.model import Record
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One environment and what was found of it."""

    name: str
    location: Path
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not any(one.level in ("error", "warning", "unknown") for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was found in a project."""

    root: Path
    environments: tuple[Checked, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with any of them."""
        return all(one.is_sound for one in self.environments)


def check(
    system: System, start: Path, name: str | None = None, *, deep: bool = False, report: Report | None = None
) -> CheckReport:
    """Check one environment of the project around ``start``, or all of them.

    ``deep`` reads every installed file and lets each framework compute on its device. Raises NotAProject,
    OptionRefused for a name that no environment bears, and, if ``deep``, EnvironmentBusy.
    """
    from scaffold.env.places import place_of
    from scaffold.environments.holder import who_holds
    from scaffold.environments.layout import places
    from scaffold.machine import detect
    from scaffold.projects.record import project_root, read_record

    root, record = project_root(start), read_record(start)
    chosen = places(root) if name is None else (place_of(root, name),)
    machine = detect(system, root)
    known = _project(root, record, machine)
    busy = "" if deep else who_holds(root, system)  # `deep` holds it itself
    asked = ("scaffold", "env", "check", *((name,) if name else ()), "--deep")
    known = replace(known, busy=busy, prove_with=asked)
    with _locked(root, wanted=deep) as kept:
        checked = tuple(_check(system, known, place, deep=deep, kept=kept, report=report) for place in chosen)
    return CheckReport(root=root, environments=checked)


def _project(root: Path, record: Record, machine: Machine) -> Facts:
    from scaffold.environments.planned import is_damaged, read_machine
    from scaffold.projects.declared import declared_requirements

    known = Facts(
        machine=machine,
        root=root,
        record=record,
        made_for=read_machine(root),
        plan_damaged=is_damaged(root),
    )
    try:
        return replace(known, declared=declared_requirements(root))
    except NotAProject as problem:
        return replace(known, metadata_problem=problem)


def _check(
    system: System, known: Facts, place: Place, *, deep: bool, kept: bool, report: Report | None
) -> Checked:
    from scaffold.checks import ENVIRONMENT_CHECKS, examine
    from scaffold.checks.builds import machine_as_planned
    from scaffold.checks.gathering import with_environment
    from scaffold.checks.locks import nothing_locked
    from scaffold.checks.project import metadata_readable
    from scaffold.env.places import shown_name

    facts = with_environment(known, place, system, deep=deep, prove=deep, report=report)
    checks = (
        ENVIRONMENT_CHECKS
        if place.name
        else (metadata_readable, machine_as_planned, *ENVIRONMENT_CHECKS, nothing_locked)
    )
    findings = examine(facts, checks)
    if deep:
        findings = (*findings, *_keep(place, facts, possible=kept))
    return Checked(name=shown_name(place), location=place.location, findings=findings)


def _keep(place: Place, facts: Facts, *, possible: bool) -> Iterator[Finding]:
    """Write the proofs into the project's record; a folder that nobody may write to is no damage."""
    from scaffold.environments.proving.proofs import write_proofs

    proofs = [one.proof for one in facts.proofs or () if one.proof is not None]
    try:
        if not possible:
            raise NoPermission(f"Cannot write to {place.state_file.parent}")
        write_proofs(place, proofs, facts.machine)
    except ScaffoldError as problem:
        yield Finding(
            id="run.proof-not-kept",
            level="info",
            title="What was proved could not be written into the project's record",
            detail=problem.message,
            cause=problem.code,
            evidence=tuple(Evidence(source="the system's answer", value=line) for line in problem.detail),
            remedy=Remedy(text=problem.hint) if problem.hint else None,
        )


@contextlib.contextmanager
def _locked(root: Path, *, wanted: bool) -> Iterator[bool]:
    """Whether the project's lock is held: a read-only folder has none, and nobody changes it either."""
    from scaffold.environments.state import locked

    if not wanted:
        yield False
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(root))
        except NoPermission:
            yield False
        else:
            yield True
