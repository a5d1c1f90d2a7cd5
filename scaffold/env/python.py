"""``scaffold env python``: every Python of this machine, what each can hold, and how to get another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.builds.model import FRAMEWORKS, BuildPlan, Framework
from scaffold.errors import NoBuild, NotAProject, PythonMissing
from scaffold.interpreters.model import Interpreter, Refusal
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.interpreters.find import Found
    from scaffold.interpreters.inspection import Inspect
    from scaffold.machine.model import Machine
    from scaffold.sources.model import Offers

SCHEMA = "scaffold/pythons/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Whether a Python can hold a framework, by the tables of what was published."""

    framework: Framework
    requirement: str  # tensorflow-cpu==2.21.0; "" where no build fits
    why: tuple[str, ...] = ()  # why none fits, or what to know of the one that does


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A usable Python, and what it can hold."""

    interpreter: Interpreter
    holds: tuple[Holding, ...]
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it can hold every framework that was asked for."""
        return all(one.requirement for one in self.holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A version of Python that is not here and could hold something, and the command that brings it."""

    python: str  # 3.14
    holds: tuple[Holding, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pythons:
    """Every Python that was found, which one would be taken, and why."""

    frameworks: tuple[Framework, ...]
    interpreters: tuple[Judged, ...]  # newest first
    refused: tuple[Refusal, ...]
    taken: Interpreter | None  # None: none can hold the frameworks
    reasons: tuple[str, ...]
    absent: tuple[Absent, ...]
    asked: str = ""  # the version or path that was asked for
    notices: tuple[str, ...] = ()


def look(
    system: System,
    start: Path,
    frameworks: tuple[Framework, ...],
    *,
    spec: str = "",
    anew: bool = False,
    inspect: Inspect | None = None,
) -> Pythons:
    """Find the Pythons of this machine and judge them for ``frameworks``.

    () stands for the frameworks of the project around ``start``, else for all. ``spec`` is what
    ``--python`` would be given: that one is taken then. ``anew``: every program is asked, whatever it said
    before; ``inspect`` stands in for asking. Nothing is written but the answers of programs, and no index is
    asked. Raises PythonMissing where there is no such Python, UserDataRefused.
    """
    from scaffold import machine
    from scaffold.builds import user_data
    from scaffold.interpreters import choose as pythons
    from scaffold.interpreters.find import find

    own = user_data.apply(system)
    wanted = frameworks or _of_project(start) or FRAMEWORKS
    with ThreadPoolExecutor(2) as pool:
        looking = pool.submit(machine.detect, system, start)
        searching = pool.submit(find, system, anew=anew, inspect=inspect)
        seen, found = looking.result(), searching.result()
    native = seen.host.architecture
    fixed = pythons.resolve(system, spec, found, machine=native, inspect=inspect) if spec else None
    judge = _Judge(seen, wanted)
    allowed = _allowed(start)
    everyone = (*found.interpreters, *((fixed,) if fixed and fixed not in found.interpreters else ()))
    taken, reasons = _taken(judge, found, fixed)
    return Pythons(
        frameworks=wanted,
        interpreters=tuple(
            Judged(interpreter=one, holds=judge.holds(one.minor), notes=_notes(one, native, allowed))
            for one in everyone
        ),
        refused=found.refused,
        taken=taken,
        reasons=reasons,
        absent=_absent(system, judge, found),
        asked=spec,
        notices=own.notes,
    )


class _Judge:
    """What each version of Python can hold on a machine: the tables are read once."""

    def __init__(self, seen: Machine, frameworks: tuple[Framework, ...]) -> None:
        from scaffold.builds.published import published

        self.machine, self.frameworks = seen, frameworks
        self.offers: Offers = published((f"{seen.host.os}_{seen.host.architecture}",))
        self._known: dict[str, tuple[Holding, ...]] = {}

    def holds(self, minor: str) -> tuple[Holding, ...]:
        """One holding a framework."""
        if minor not in self._known:
            self._known[minor] = tuple(self._holding(minor, one) for one in self.frameworks)
        return self._known[minor]

    def _holding(self, minor: str, framework: Framework) -> Holding:
        from scaffold.builds.choice import choose
        from scaffold.builds.model import PREFERENCE

        if minor not in PREFERENCE:
            oldest, newest = min(PREFERENCE, key=_number), max(PREFERENCE, key=_number)
            why = f"this version of scaffold knows builds for Python {oldest} to {newest}"
            return Holding(framework=framework, requirement="", why=(why,))
        try:
            build: BuildPlan = choose(self.machine, [minor], (framework,), self.offers).builds[0]
        except NoBuild as problem:
            lines = tuple(line.removeprefix(f"Python {minor}: ") for line in problem.detail)
            return Holding(framework=framework, requirement="", why=lines)
        return Holding(framework=framework, requirement=build.requirement, why=build.warnings)


def _taken(
    judge: _Judge, found: Found, fixed: Interpreter | None
) -> tuple[Interpreter | None, tuple[str, ...]]:
    """The Python that an environment would be made from, and why that one."""
    from scaffold.builds.choice import choose
    from scaffold.interpreters import choose as pythons

    if fixed is not None:
        return fixed, ("it was asked for",)
    minors = sorted({one.minor for one in found.interpreters})
    try:
        choice = choose(judge.machine, minors, judge.frameworks, judge.offers)
    except (NoBuild, PythonMissing) as problem:
        return None, (problem.message,)
    others = tuple(f"not Python {one.version}: {one.why}" for one in choice.turned_down)
    best = pythons.choose(found, choice.python, machine=judge.machine.host.architecture)
    return best, (*choice.reasons, *others)


def _absent(system: System, judge: _Judge, found: Found) -> tuple[Absent, ...]:
    """Versions that could hold something and are not here, the most useful first."""
    from scaffold.builds.model import PREFERENCE
    from scaffold.interpreters.advice import install_command

    missing = [python for python in PREFERENCE if python not in found.minors]
    judged = [(python, judge.holds(python)) for python in missing]
    useful = [(python, holds) for python, holds in judged if any(one.requirement for one in holds)]
    useful.sort(key=lambda pair: -sum(bool(one.requirement) for one in pair[1]))
    return tuple(
        Absent(python=python, holds=holds, command=install_command(system, python))
        for python, holds in useful
    )


def _notes(one: Interpreter, native: str, allowed: str) -> tuple[str, ...]:
    from packaging.specifiers import SpecifierSet

    notes = []
    if allowed and not SpecifierSet(allowed).contains(one.version, prereleases=True):
        notes.append(f"the project's requires-python leaves it out: {allowed}")
    if one.machine != native:
        notes.append(f"built for {one.machine}: it runs translated, and slowly")
    if one.origin == "conda":
        notes.append("conda's: its own libraries come along; another Python is the better base")
    return tuple(notes)


def _allowed(start: Path) -> str:
    """``requires-python`` of the project around a folder; "" where there is none that can be read."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from scaffold.projects.declared import required_python
    from scaffold.projects.record import project_root

    try:
        allowed = required_python(project_root(start))
        SpecifierSet(allowed)
    except (NotAProject, InvalidSpecifier):
        return ""
    return allowed


def _of_project(start: Path) -> tuple[Framework, ...]:
    """The frameworks of the project around a folder; () outside of one."""
    from scaffold.projects.record import read_record

    try:
        return read_record(start).frameworks
    except NotAProject:
        return ()


def _number(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))
