"""How far an environment has gone from its lock: pip, an IDE's buttons and others' commits change both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scaffold.environments.condition.differences import SEEDS, same_version
from scaffold.environments.locking.model import LockedPackage
from scaffold.environments.model import Environment
from scaffold.system import PlatformFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One package that is not as the lock has it. A version is "" where there is none.

    ``marker``: of one that is too much, for which other machines the lock has it.
    """

    kind: Literal["missing", "version", "build", "extra"]
    package: str
    installed: str
    locked: str
    marker: str = ""


def drift(
    environment: Environment,
    locked: Sequence[LockedPackage],
    platform: PlatformFacts,
    *,
    own: frozenset[str] = frozenset(),
) -> tuple[Drift, ...]:
    """Every package that is missing, of another version or build, or not in the lock for this machine.

    ``own``: the project's own distribution and what it is built with, which a lock need not name.
    """
    wanted = versions_for(locked, environment.version, platform)
    found: list[Drift] = []
    for name, version in wanted.items():
        installed = environment.packages.get(name)
        if installed is None:
            found.append(Drift(kind="missing", package=name, installed="", locked=version))
        elif not same_version(installed, version):
            kind: Literal["build", "version"] = (
                "build" if _public(installed) == _public(version) else "version"
            )
            found.append(Drift(kind=kind, package=name, installed=installed, locked=version))
    extra = environment.packages.keys() - wanted.keys() - SEEDS - own
    elsewhere = {one.name: one for one in locked if one.name in extra}
    found += [_extra(environment, name, elsewhere.get(name)) for name in sorted(extra)]
    return tuple(found)


def _extra(environment: Environment, name: str, other: LockedPackage | None) -> Drift:
    return Drift(
        kind="extra",
        package=name,
        installed=environment.packages[name],
        locked=other.version if other else "",
        marker=other.marker if other else "",
    )


def versions_for(locked: Iterable[LockedPackage], python: str, platform: PlatformFacts) -> Mapping[str, str]:
    """Name -> version, of the lines that hold for a Python (``3.12.1``) on this machine."""
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    facts = marker_facts(python, platform)
    found: dict[str, str] = {}
    for one in locked:
        try:
            holds = not one.marker or Marker(one.marker).evaluate(facts)
        except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, RecursionError):
            holds = True
        if holds:
            found[one.name] = one.version
    return found


def marker_facts(python: str, platform: PlatformFacts) -> dict[str, str]:
    """What a marker can ask, for CPython ``python`` on this machine (not for the Python that runs us)."""
    names = {
        "linux": ("posix", "linux", "Linux"),
        "macos": ("posix", "darwin", "Darwin"),
        "windows": ("nt", "win32", "Windows"),
    }
    os_name, sys_platform, system = names[platform.os]
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": os_name,
        "platform_machine": platform.machine,
        "platform_python_implementation": "CPython",
        "platform_release": platform.release,
        "platform_system": system,
        "platform_version": platform.version,
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": sys_platform,
        "extra": "",
    }


def _public(version: str) -> str:
    return version.partition("+")[0]
