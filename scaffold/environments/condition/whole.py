"""The condition of one environment: everything that its files tell, gathered once for all rules.

Read-only and offline; nothing of the environment is started. 0.5 s with PyTorch and TensorFlow in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from scaffold.environments.condition.collisions import Collision, collisions
from scaffold.environments.condition.drift import Drift, drift
from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.condition.project import ProjectInstall, project_install
from scaffold.environments.condition.remains import (
    DeadPath,
    dead_paths,
    half_removed,
    shadowed,
    without_metadata,
)
from scaffold.environments.condition.settings import sees_system, unkept
from scaffold.environments.condition.verify import damages_of, installed_distributions
from scaffold.environments.layout import Place, is_environment, site_packages_of
from scaffold.environments.locking.model import ProjectLock
from scaffold.environments.model import Damage, Environment, Report
from scaffold.environments.planned import read_packages
from scaffold.environments.proving.proofs import KeptProof, read_proofs
from scaffold.environments.state import State, is_ours, read_state
from scaffold.errors import ScaffoldError
from scaffold.system import System

#: What a folder on PYTHONPATH must not stand before.
_GUARDED = ("keras", "numpy", "tensorflow", "torch", "torchvision")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFacts:
    """The project's lock for one environment, and how the environment stands to it."""

    path: Path
    group: str
    drift: tuple[Drift, ...] = ()
    stale: tuple[str, ...] = ()  # why it is not of what pyproject.toml asks for today
    mixed: tuple[str, ...] = ()  # where it and the other lock of the same group disagree
    problem: ScaffoldError | None = None  # why it cannot be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What lies in an environment beside what its installers wrote down."""

    collisions: tuple[Collision, ...] = ()
    half_removed: tuple[str, ...] = ()
    without_metadata: tuple[str, ...] = ()
    dead_paths: tuple[DeadPath, ...] = ()
    shadowed: tuple[str, ...] = ()  # paths that PYTHONPATH puts before its packages
    python_home: str = ""  # PYTHONHOME, with which no environment works
    sees_system: bool = False  # imports the base Python's packages, and the user's, too
    unkept: tuple[str, ...] = ()  # why pip would replace the chosen builds


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One environment of a project. What depends on its files is None where it has none."""

    place: Place
    environment: Environment | None
    status: Literal["creating", "ready"] | None
    made_at: str = ""  # where it was when it was made
    adopted: bool = False  # the user made it
    made_with: str = ""  # uv, pip, conda
    orphaned: bool | None = None  # its base interpreter is gone
    damages: tuple[Damage, ...] | None = None
    contents: Contents = field(default_factory=Contents)
    project: ProjectInstall | None = None
    lock: LockFacts | None = None
    proofs: tuple[KeptProof, ...] = ()


def condition_of(
    place: Place, system: System, *, deep: bool = False, report: Report | None = None
) -> Condition:
    """Look at an environment. ``deep`` reads every installed file, ten seconds with both frameworks."""
    environment, state = inspect(place.location, system), read_state(place)
    known = Condition(
        place=place,
        environment=environment,
        status=state.status if state and (state.status == "creating" or _is_meant(place, state)) else None,
        made_at=state.location if state else "",
        adopted=state is not None and state.adopted,
        made_with=state.installer if state else "",
        lock=lock_facts(place, environment, system),
    )
    if environment is None:
        return known
    folder = site_packages_of(place.location)
    installed = installed_distributions(folder) if folder else ()
    return replace(
        known,
        orphaned=is_orphaned(environment, system),
        damages=damages_of(folder, installed, deep=deep, report=report) if folder else (),
        contents=Contents(
            collisions=collisions(installed),
            half_removed=half_removed(folder) if folder else (),
            without_metadata=without_metadata(folder) if folder else (),
            dead_paths=dead_paths(folder, installed) if folder else (),
            shadowed=shadowed(system.environment, ";" if system.platform.os == "windows" else ":", _GUARDED),
            python_home=system.environment.get("PYTHONHOME", ""),
            sees_system=sees_system(place.location),
            unkept=_unkept(place, environment) if state and not state.adopted else (),
        ),
        project=project_install(place.root, environment),
        proofs=read_proofs(place),
    )


def _is_meant(place: Place, state: State) -> bool:
    """Whether the state is that of what lies there now, not of what the user put in its place."""
    return state.adopted or is_ours(place) or not is_environment(place.location)


def lock_facts(place: Place, environment: Environment | None, system: System) -> LockFacts | None:
    """The lock of an environment's group; None where the project has none."""
    from packaging.utils import canonicalize_name

    from scaffold.environments.installers.itself import project_distribution
    from scaffold.environments.locking.groups import declared
    from scaffold.environments.locking.model import requirements_name
    from scaffold.environments.locking.read import disagreements, staleness

    try:
        project = declared(place.root)
    except ScaffoldError:
        return None  # said of pyproject.toml itself
    found = [_read_lock(place, group) for group in ((place.name,) if place.name else project.groups)]
    there = [one for one in found if one is not None]
    if not there:
        return None
    lock = _of_the_plan(place, there)
    path = place.root / requirements_name(lock.group)
    if isinstance(lock, _Unreadable):
        return LockFacts(path=path, group=lock.group, problem=lock.problem)
    own = frozenset(
        {canonicalize_name(project_distribution(place.root) or ""), *_build_requirements(place.root)}
    )
    return LockFacts(
        path=path,
        group=lock.group,
        drift=drift(environment, lock.packages, system.platform, own=own) if environment else (),
        stale=staleness(lock, project),
        mixed=disagreements(lock),
    )


def _build_requirements(root: Path) -> set[str]:
    """What the project is built with: installed beside the rest, in the lock where a group says so."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    from scaffold.environments.installers.itself import build_requirements

    found: set[str] = set()
    for line in build_requirements(root) or ():
        try:
            found.add(canonicalize_name(Requirement(line).name))
        except InvalidRequirement:
            continue
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unreadable:
    """A lock that is there and cannot be used."""

    group: str
    problem: ScaffoldError


def _read_lock(place: Place, group: str) -> ProjectLock | _Unreadable | None:
    from scaffold.environments.locking.read import read_project_lock

    try:
        return read_project_lock(place, group)
    except ScaffoldError as problem:
        return _Unreadable(group=group, problem=problem)


def _of_the_plan(place: Place, locks: Sequence[ProjectLock | _Unreadable]) -> ProjectLock | _Unreadable:
    """The lock of the builds that the environment was made with; that of this machine's default otherwise.

    A build is told by the local part of its version: ``cu126`` of 2.14.1+cu126.
    """
    planned = {name: version.partition("+")[2] for name, version in read_packages(place)[0].items()}
    for one in locks:
        if isinstance(one, _Unreadable):
            continue
        builds = {(row.name, row.version.partition("+")[2]) for row in one.packages if row.name in planned}
        if planned and builds >= {row for row in planned.items() if row[1]} and builds:
            return one
    return locks[0]


def _unkept(place: Place, environment: Environment) -> tuple[str, ...]:
    planned = read_packages(place)[0].items()
    pins = tuple(f"{name}=={version}" for name, version in planned if name in environment.packages)
    return unkept(place.location, pins)
