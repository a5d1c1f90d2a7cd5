"""Judge a lock against a machine: what would be installed, and every rule over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scaffold.builds.cuda import usable_gpus
from scaffold.builds.model import PREFERENCE
from scaffold.builds.wheels import Target
from scaffold.locks import file_rules, gpu_rules, release_rules, wheel_rules
from scaffold.locks.case import Case
from scaffold.locks.frameworks import frameworks_of
from scaffold.locks.markers import environment
from scaffold.locks.model import Lock, Locked, LockFinding
from scaffold.locks.release_rules import specifier
from scaffold.locks.selection import choice, installed
from scaffold.machine.model import Machine

Rule = Callable[[Case], Iterator[LockFinding]]

#: Causes before consequences.
RULES: tuple[Rule, ...] = (
    release_rules.python,
    gpu_rules.kernels,
    gpu_rules.driver,
    gpu_rules.cudnn,
    gpu_rules.other_vendor,
    file_rules.same_files,
    file_rules.conda_and_pip,
    file_rules.pairs,
    wheel_rules.wheels,
    gpu_rules.in_vain,
    gpu_rules.on_the_cpu,
    release_rules.pre_releases,
    release_rules.unknown,
    release_rules.unknown_conda,
    release_rules.open_versions,
)

_WORST_FIRST = ("error", "warning", "info")


def lint(lock: Lock, machine: Machine, python: str) -> tuple[LockFinding, ...]:
    """Everything in a lock that contradicts the machine or itself, worst first.

    Extras and groups that are not installed unasked are judged, too; what only they bring is ``info``.
    """
    facts = environment(machine.host, python)
    found = list(_judged(lock, installed(lock, facts), machine, python))
    seen = {_key(one) for one in found}
    for name in lock.choices:
        if name in lock.default:
            continue
        rows = installed(lock, facts, choice(lock, name))
        fresh = [one for one in _judged(lock, rows, machine, python) if _key(one) not in seen]
        seen.update(map(_key, fresh))
        found += [replace(one, level="info", message=f"only with the {name}: {one.message}") for one in fresh]
    return tuple(sorted(found, key=lambda one: _WORST_FIRST.index(one.level)))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFor:
    """The Python that a lock is judged for, and where it comes from."""

    version: str  # 3.12
    source: Literal["asked for", "the lock's", "the machine's", "assumed"]


def judged_for(lock: Lock, wanted: str = "", told: str = "") -> JudgedFor:
    """The Python that was asked for, else the lock's own, else the told machine's, else the usual one."""
    if wanted:
        return JudgedFor(version=_minor(wanted), source="asked for")
    if lock.python:
        return JudgedFor(version=_minor(lock.python), source="the lock's")
    if told:
        return JudgedFor(version=_minor(told), source="the machine's")
    allowed = specifier(lock.requires_python)
    fitting = [one for one in PREFERENCE if allowed is None or f"{one}.99" in allowed]
    return JudgedFor(version=next(iter(fitting), PREFERENCE[0]), source="assumed")


def python_for(lock: Lock, wanted: str = "") -> str:
    """The version of `judged_for`."""
    return judged_for(lock, wanted).version


def installed_here(lock: Lock, machine: Machine, python: str) -> tuple[Locked, ...]:
    """The packages that the lock would install on a machine, unasked extras and groups left out."""
    return installed(lock, environment(machine.host, python))


def _judged(lock: Lock, rows: tuple[Locked, ...], machine: Machine, python: str) -> Iterator[LockFinding]:
    target = Target(machine.host, python)
    crowd = tuple(release_rules.crowd(rows))
    if crowd:
        yield from crowd  # which of them would be installed, nobody can say
        return
    case = Case(
        lock=lock,
        rows=rows,
        machine=machine,
        gpus=usable_gpus(machine),
        target=target,
        frameworks=frameworks_of(lock, rows, target),
    )
    foreign = tuple(release_rules.platform(case))
    if foreign:
        yield from foreign  # what it would install here is nobody's choice
        return
    for rule in RULES:
        yield from rule(case)


def _key(one: LockFinding) -> tuple[str, str, str]:
    return one.code, one.package, one.version


def _minor(python: str) -> str:
    """``3.12`` of ``3.12.4``."""
    return ".".join(python.split(".")[:2])
