"""A Python and the locks for it, chosen together: the first Python on which all that is needed runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scaffold.builds.model import BuildChoice, Framework, TurnedDown
from scaffold.environments.layout import Place
from scaffold.environments.locking.choose import ChosenLock, choose_lock
from scaffold.environments.locking.model import ProjectLock
from scaffold.environments.locking.python import Candidate, allows, made_with
from scaffold.environments.locking.read import read_project_lock
from scaffold.errors import LockUnusable, NoBuild, PythonMissing, SourceUnreachable
from scaffold.interpreters.model import Interpreter
from scaffold.machine.model import Machine
from scaffold.shell import line


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """What was chosen: the project's own lock first, then those of further environments."""

    interpreter: Interpreter
    reason: str  # why this Python
    chosen: tuple[ChosenLock, ...]
    advised: BuildChoice | None  # what the tables would choose here; None where they know nothing
    turned_down: tuple[TurnedDown, ...] = ()  # Pythons that would have come first


#: What an installer would not find for a lock and a Python, in words; empty where nothing is missing.
Lacks = Callable[[ChosenLock, Interpreter], tuple[str, ...]]


def suited(
    place: Place,
    locks: Sequence[ProjectLock],
    machine: Machine,
    pythons: Sequence[Candidate],
    *,
    frameworks: Sequence[Framework],
    wanted: str = "",
    together: bool = False,
    lacks: Lacks = lambda _, __: (),
) -> Suited:
    """The first of ``pythons`` for which everything is there, and the locks for it.

    ``wanted`` is the group that was asked for: where it runs on no Python, the first one is taken all the
    same. Where ``lacks`` has words about each Python, the one with the fewest is taken, for whoever installs
    to tell of them. Raises OptionRefused for an unknown group, LockUnusable (``lock-unusable``) with what
    is wrong for each Python.
    """
    refused: list[TurnedDown] = []
    why: list[str] = []
    second: list[tuple[int, Suited]] = []
    for one in pythons:
        fitting = [lock for lock in locks if allows(lock, one.interpreter.version)]
        advised = _advised(machine, one.interpreter, frameworks, together=together)
        try:
            chosen = _locks(place, fitting, machine, one.interpreter, advised, frameworks, wanted)
        except LockUnusable as problem:
            if problem.code != "lock-unusable":
                raise
            why += [f"Python {one.interpreter.minor}: {text}" for text in problem.detail]
            refused.append(_turned(one, problem.detail))
            continue
        missing = (
            *chosen[0].problems,
            *(text for lock in chosen for text in lacks(lock, one.interpreter)),
        )
        found = Suited(
            interpreter=one.interpreter,
            reason=one.reason,
            chosen=chosen,
            advised=advised,
            turned_down=tuple(refused),
        )
        if not missing:
            return found
        second.append((len(missing), found))
        refused.append(_turned(one, missing))
    if second:
        return min(second, key=lambda row: row[0])[1]
    raise _none_runs(locks, pythons, why)


def _advised(
    machine: Machine, interpreter: Interpreter, frameworks: Sequence[Framework], *, together: bool
) -> BuildChoice | None:
    from scaffold import builds

    try:
        return builds.choose(
            machine, [interpreter.minor], frameworks, None,
            wanted_python=interpreter.minor, together=together,
        )  # fmt: skip
    except (NoBuild, PythonMissing, SourceUnreachable):
        return None  # the tables know nothing for this machine; the locks are judged all the same


def _locks(
    place: Place,
    locks: Sequence[ProjectLock],
    machine: Machine,
    interpreter: Interpreter,
    advised: BuildChoice | None,
    frameworks: Sequence[Framework],
    wanted: str,
) -> tuple[ChosenLock, ...]:
    """The project's own lock, then those of further environments that this machine has a use for."""
    own = choose_lock(locks, machine, interpreter.minor, advised, wanted=wanted, frameworks=frameworks)
    found, notices = [own], []
    for build in advised.apart if advised else ():
        lock = read_project_lock(Place(place.root, build.framework), build.framework)
        if lock is None:
            notices.append(
                f"{build.framework} would get the GPU in an environment of its own; it has no lock"
            )
            continue
        alone = replace(advised, builds=(build,), apart=()) if advised else None
        found.append(choose_lock((lock,), machine, interpreter.minor, alone, frameworks=(build.framework,)))
    found[0] = replace(own, notices=(*own.notices, *notices))
    return tuple(found)


def _turned(one: Candidate, why: Sequence[str]) -> TurnedDown:
    more = f" (and {len(why) - 1} more)" if len(why) > 1 else ""
    return TurnedDown(version=one.interpreter.minor, variant="", why=f"{why[0]}{more}")


def _none_runs(
    locks: Sequence[ProjectLock], pythons: Sequence[Candidate], why: Sequence[str]
) -> LockUnusable:
    tried = [one.interpreter.minor for one in pythons]
    named = any(one.named for one in pythons)
    hints = [
        f"get the Python that the lock was made with: {line('scaffold', 'env', 'python', '--install', minor)}"
        for minor in dict.fromkeys(made_with(one) for one in locks)
        if minor and minor not in tried and not named
    ]
    hints += ["another Python may do: leave out --python"] if named else []
    same = line("scaffold", "env", "sync", "--locked", locks[0].group)
    hints.append(f"make an environment without a lock: scaffold env create; take one all the same: {same}")
    return LockUnusable(
        f"none of the project's locks runs on this machine with Python {', '.join(tried)}",
        detail=tuple(why),
        hint="\n".join(hints),
    )
