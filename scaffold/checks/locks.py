"""How an environment stands to its lock, and the lock to the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scaffold.checks.cures import LOCK, anew
from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy, counted
from scaffold.environments.condition.differences import same_version
from scaffold.environments.condition.drift import Drift

#: As many packages as a terminal shows without scrolling; the rest is counted.
_SHOWN = 12

_EXACT = "make it exactly what the lock says"


def usable(facts: Facts) -> Iterator[Finding]:
    """The lock can be read, is of what ``pyproject.toml`` asks for today, and agrees with its twin."""
    lock = facts.lock
    if lock is None:
        return
    if lock.problem is not None:
        yield Finding(
            id="lock.damaged",
            level="error",
            title=lock.problem.message,
            detail="\n".join(lock.problem.detail),
            cause=lock.problem.code,
            evidence=(Evidence(source=str(lock.path), value="cannot be used"),),
            remedy=_renewed(facts),
        )
        return
    if lock.stale:
        yield Finding(
            id="lock.stale",
            level="warning",
            title=f"The lock {lock.path.name} is older than what it was made from",
            detail="an environment that is rebuilt from it lacks what was added since",
            cause="lock-stale",
            evidence=tuple(Evidence(source=lock.path.name, value=why) for why in lock.stale),
            remedy=_renewed(facts),
        )
    if lock.mixed:
        yield Finding(
            id="lock.mixed",
            level="error",
            title=f"The two locks of {lock.group} disagree about {counted(len(lock.mixed), 'pin')}",
            detail="pip and uv make different environments of them; a merge may have taken one of each side",
            cause="lock-mixed",
            evidence=tuple(Evidence(source=lock.group, value=line) for line in lock.mixed[:_SHOWN]),
            remedy=_renewed(facts),
        )


def as_locked(facts: Facts) -> Iterator[Finding]:
    """The environment holds what its lock names: each package, in that version and build, and no other."""
    if facts.environment is None or facts.lock is None or facts.lock.problem is not None or facts.orphaned:
        return
    other = tuple(one for one in facts.lock.drift if one.kind != "extra")
    extra = tuple(one for one in facts.lock.drift if one.kind == "extra")
    if other:
        title = f"{_packages(other)} not as locked"
        yield _drifted(other, "lock.drift", "error", title, anew(facts, _EXACT, packages=_wanted(other)))
    if extra:
        title = f"{_packages(extra)} installed and not in the lock for this machine"
        level: Level = (
            "info" if facts.adopted else "warning"
        )  # in an environment of their own, users keep more
        yield _drifted(extra, "lock.extra", level, title, None if facts.adopted else _without_extra(facts))
    if not facts.lock.drift:
        yield Finding(
            id="lock.drift", level="ok", title=f"The environment is exactly what {facts.lock.path.name} says"
        )


def nothing_locked(facts: Facts) -> Iterator[Finding]:
    """Nobody locked the project: true of every new one, and worth a word."""
    if facts.locked or facts.environment is None or facts.metadata_problem is not None:
        return
    yield Finding(
        id="lock.none",
        level="info",
        title="The project has no lock: another machine, or another day, gets other versions",
        cause="lock-none",
        evidence=(Evidence(source="requirements/", value="no lock-*.txt"),),
        remedy=Remedy(text="write down exactly what is installed", commands=(LOCK,)),
    )


def _renewed(facts: Facts) -> Remedy:
    """A lock anew, and, where scaffold makes the environment, that one as well."""
    if facts.adopted:
        return Remedy(text="make the lock anew", commands=(LOCK,))
    return anew(facts, "make the environment what it says")


def _wanted(rows: tuple[Drift, ...]) -> tuple[str, ...]:
    return tuple(f"{one.package}=={one.locked}" for one in rows)


def _without_extra(facts: Facts) -> Remedy:
    return anew(
        facts, "remove what is too much (to keep it: add it to pyproject.toml, then scaffold env lock)"
    )


def _packages(rows: tuple[Drift, ...]) -> str:
    return "1 package is" if len(rows) == 1 else f"{len(rows)} packages are"


def _drifted(rows: tuple[Drift, ...], check: str, level: Level, title: str, remedy: Remedy | None) -> Finding:
    rest = len(rows) - _SHOWN
    return Finding(
        id=check,
        level=level,
        title=title,
        detail=f"and {rest} more" if rest > 0 else "",
        cause=check.replace(".", "-"),
        evidence=tuple(Evidence(source=one.package, value=in_words(one)) for one in rows[:_SHOWN]),
        remedy=remedy,
    )


def in_words(one: Drift) -> str:
    """What is different about a package.

    >>> in_words(Drift(kind="build", package="torch", installed="2.14.1", locked="2.14.1+cu126"))
    'another build: 2.14.1 is installed, 2.14.1+cu126 is locked'
    """
    if one.kind == "missing":
        return f"not installed, {one.locked} is locked"
    if one.kind == "extra":
        there = f"; the lock has {one.locked} where {one.marker}" if one.locked else ""
        return f"{one.installed} is installed{there}"
    other = "another build: " if one.kind == "build" else ""
    return f"{other}{one.installed} is installed, {one.locked} is locked"


def as_planned(facts: Facts) -> Iterator[Finding]:
    """Where no lock says more: the frameworks are the builds that were chosen for this machine."""
    if facts.environment is None or facts.lock is not None or facts.orphaned:
        return
    other = tuple(_other_builds(facts.planned, facts.environment.packages))
    if other:
        chosen = tuple(f"{one.source}=={facts.planned[one.source]}" for one in other)
        yield Finding(
            id="pkg.other-build",
            level="error",
            title=f"{other[0].source} is not the build that was chosen for this machine",
            detail="pip, or a button of the IDE, has replaced it",
            cause="build-replaced",
            evidence=other,
            remedy=anew(facts, packages=chosen),
        )


def _other_builds(planned: Mapping[str, str], installed: Mapping[str, str]) -> Iterator[Evidence]:
    for name, version in planned.items():
        found = installed.get(name)
        if found is not None and not same_version(found, version):
            yield Evidence(source=name, value=f"{found} is installed, {version} was chosen")
