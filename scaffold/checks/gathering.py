"""Facts about one environment of a project, for doctor and for `scaffold env check` alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffold.builds.model import FRAMEWORKS, Framework
from scaffold.checks.facts import Facts, ProofFact
from scaffold.environments.condition.whole import condition_of
from scaffold.environments.installers.tools import find_uv
from scaffold.environments.layout import Place
from scaffold.environments.model import Environment, Report
from scaffold.environments.planned import read_devices, read_packages
from scaffold.environments.proving.devices import devices_to_prove
from scaffold.environments.proving.probe import announced, prove_one
from scaffold.environments.remaking import is_locked
from scaffold.errors import ScaffoldError
from scaffold.system import System


def with_environment(
    known: Facts,
    place: Place,
    system: System,
    *,
    deep: bool = False,
    prove: bool = False,
    report: Report | None = None,
) -> Facts:
    """The facts of a project, with those of one of its environments.

    ``deep`` reads every installed file; ``prove`` starts its interpreter. Never raises.
    """
    condition = condition_of(place, system, deep=deep, report=report)
    packages, python = read_packages(place)
    environment = condition.environment
    facts = replace(
        known,
        name=place.name,
        location=place.location,
        environment=environment,
        state=condition.status,
        adopted=condition.adopted,
        made_with=condition.made_with,
        locked=is_locked(place.root),
        uv=_uv(system),
        made_at=condition.made_at,
        orphaned=condition.orphaned,
        damages=condition.damages,
        read_whole=deep,
        contents=condition.contents if environment else None,
        project=condition.project,
        lock=condition.lock,
        proved=condition.proofs,
        planned=packages,
        planned_python=python,
    )
    if place.name and known.record is not None:
        own = tuple(one for one in known.record.frameworks if one == place.name)
        facts = replace(facts, record=replace(known.record, frameworks=own))
    if (
        not prove
        or known.record is None
        or (facts.unusable and facts.unusable != "the environment was moved")
    ):
        return facts
    assert environment is not None
    return replace(facts, proofs=tuple(_proofs(facts, environment, place, system, report)))


def _uv(system: System) -> str:
    """By its name where a terminal finds it; it may lie beside us only."""
    if system.which("uv") is not None:
        return "uv"
    found = find_uv(system)
    return str(found) if found else ""


def _proofs(
    facts: Facts, environment: Environment, place: Place, system: System, report: Report | None
) -> Iterator[ProofFact]:
    """Each framework by itself, so that one that breaks does not silence the other."""
    assert facts.record is not None
    devices = devices_to_prove(read_devices(place), facts.machine)
    frameworks: tuple[Framework, ...] = tuple(one for one in FRAMEWORKS if one in facts.record.frameworks)
    for framework in frameworks:
        if report is not None:
            report(announced((framework,)))
        try:
            proof = prove_one(environment, framework, devices.get(framework, "cpu"), system)
        except ScaffoldError as failure:
            yield ProofFact(framework=framework, failure=failure)
        else:
            yield ProofFact(framework=framework, proof=proof)
