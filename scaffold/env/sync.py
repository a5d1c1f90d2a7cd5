"""``scaffold env sync``: make the environment exactly what the project's lock for this machine says."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.environments.model import Backend, InstallerName, Report
from scaffold.errors import LockUnusable, NoBuild, OptionRefused, PythonMissing, SourceUnreachable
from scaffold.setup import Announce, SetupPlan, SetupReport
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.builds.model import BuildChoice
    from scaffold.environments.locking.choose import ChosenLock
    from scaffold.environments.locking.groups import Declared
    from scaffold.environments.locking.model import ProjectLock
    from scaffold.environments.model import EnvironmentPlan
    from scaffold.interpreters.model import Interpreter
    from scaffold.machine.model import Machine
    from scaffold.projects.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWishes:
    """What the user asked for."""

    group: str = ""  # "": the one that suits this machine
    python: str | None = None
    index: str = "auto"  # auto, a URL, or a folder of wheels (an air gap)
    backend: Backend = "auto"
    frozen: bool = False  # an older lock will do
    replace: bool = False  # an environment that the user made may go

    @property
    def arguments(self) -> tuple[str, ...]:
        """The same wishes on the command line of ``scaffold env sync``."""
        said = (
            ("--locked", self.group),
            ("--python", self.python or ""),
            ("--index", "" if self.index == "auto" else self.index),
            ("--backend", "" if self.backend == "auto" else self.backend),
        )
        flags = (("--frozen", self.frozen), ("--replace", self.replace))
        values = (part for option, value in said if value for part in (option, value))
        return (*values, *(flag for flag, is_set in flags if is_set))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPlan:
    """The locks that were chosen, one an environment, and what they come to."""

    root: Path
    record: Record
    wishes: SyncWishes
    chosen: tuple[ChosenLock, ...]
    setup: SetupPlan
    unchanged: bool  # every environment is so already


def plan_sync(system: System, start: Path, wishes: SyncWishes, announce: Announce) -> SyncPlan:
    """Choose the locks for this machine and plan their environments; nothing is asked of any index.

    Raises NotAProject, LockUnusable (``lock-missing``, ``lock-stale``, ``lock-damaged``, ``lock-unusable``),
    PythonMissing, OptionRefused, EnvironmentOccupied (also by an environment that the user made).
    """
    from scaffold.environments.adopt import in_the_way
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.groups import declared
    from scaffold.environments.locking.plan import is_as_locked, plan_locked
    from scaffold.environments.locking.read import project_locks
    from scaffold.environments.refusals import refuse_place
    from scaffold.projects.record import project_root, read_record
    from scaffold.sources.settings import read_settings, with_wish

    root, record = project_root(start), read_record(start)
    refuse_place(Place(root))
    problem = None if wishes.replace else in_the_way(Place(root))
    if problem is not None:
        raise problem
    _recover(root)
    project, settings = declared(root), with_wish(read_settings(system), wishes.index)
    locks = project_locks(Place(root))
    _refuse(project, locks, wishes)
    announce("looking at the machine")
    machine, interpreter, advised = _look(system, root, record, locks[0], wishes)
    chosen = _choose(project, locks, machine, interpreter, advised, record, wishes)
    plans = tuple(
        plan_locked(
            system,
            place=Place(root, one.lock.group if number else ""),
            chosen=one,
            project=project,
            interpreter=interpreter,
            settings=settings,
            installer=_installer(system, wishes.backend),
        )
        for number, one in enumerate(chosen)
    )
    setup = _setup(machine, interpreter, chosen, plans, advised)
    return SyncPlan(
        root=root,
        record=record,
        wishes=wishes,
        chosen=chosen,
        setup=setup,
        unchanged=all(is_as_locked(one, system) for one in plans),
    )


def carry_out(system: System, plan: SyncPlan, announce: Announce, report: Report) -> SetupReport:
    """Make the environments, prove them, tell PyCharm. Raises what `make_environments` does."""
    from scaffold.env.project import ide_project, stopped
    from scaffold.making import make_environments

    _check_wheelhouse(system, plan.setup)
    try:
        return make_environments(system, plan.setup, ide_project(plan.record), announce, report)
    except KeyboardInterrupt:
        raise stopped(plan.root, ("scaffold", "env", "sync", *plan.wishes.arguments)) from None


def _recover(root: Path) -> None:
    """Finish what a killed `scaffold env lock` began; nothing is locked where nothing was left."""
    from scaffold.environments.locking.write import has_remains, recover_files
    from scaffold.environments.state import locked

    if has_remains(root):
        with locked(root):
            recover_files(root)


def _refuse(project: Declared, locks: Sequence[ProjectLock], wishes: SyncWishes) -> None:
    """A missing lock, and one that is older than what it was made from."""
    from scaffold.environments.locking.read import missing, stale, staleness

    if not locks:
        raise missing(project.root, wishes.group or project.groups[0])
    reasons = {lock.group: staleness(lock, project) for lock in locks}
    old = [lock for lock in locks if reasons[lock.group] and wishes.group in ("", lock.group)]
    if old and not wishes.frozen:
        problem = stale(old[0], reasons[old[0].group])
        hint = f"{problem.hint}; or take it as it is: scaffold env sync --frozen"
        raise LockUnusable(problem.message, detail=problem.detail, hint=hint, code=problem.code)


def _look(
    system: System, root: Path, record: Record, lock: ProjectLock, wishes: SyncWishes
) -> tuple[Machine, Interpreter, BuildChoice | None]:
    """The machine, a Python that the lock allows, and the builds that the tables advise for both."""
    from scaffold import builds, machine
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.python import choose_python
    from scaffold.environments.planned import read_packages, read_together
    from scaffold.interpreters.find import find

    with ThreadPoolExecutor(2) as pool:
        looking, searching = pool.submit(machine.detect, system, root.parent), pool.submit(find, system)
        seen, found = looking.result(), searching.result()
    interpreter = choose_python(
        system, lock, found, wanted=wishes.python, planned=read_packages(Place(root))[1],
        architecture=seen.host.architecture,
    )  # fmt: skip
    try:
        advised = builds.choose(
            seen, [interpreter.minor], record.frameworks, None,
            wanted_python=interpreter.minor, together=bool(read_together(root)),
        )  # fmt: skip
    except (NoBuild, PythonMissing, SourceUnreachable):
        advised = None  # the tables know nothing for this machine; the locks are judged all the same
    return seen, interpreter, advised


def _choose(
    project: Declared,
    locks: Sequence[ProjectLock],
    machine: Machine,
    interpreter: Interpreter,
    advised: BuildChoice | None,
    record: Record,
    wishes: SyncWishes,
) -> tuple[ChosenLock, ...]:
    """The project's own lock, then those of further environments that this machine has a use for."""
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.choose import choose_lock
    from scaffold.environments.locking.read import read_project_lock

    own = choose_lock(
        locks, machine, interpreter.minor, advised, wanted=wishes.group, frameworks=record.frameworks
    )
    found, notices = [own], []
    for build in advised.apart if advised else ():
        lock = read_project_lock(Place(project.root, build.framework), build.framework)
        if lock is None:
            notices.append(
                f"{build.framework} would get the GPU in an environment of its own; it has no lock"
            )
            continue
        alone = replace(advised, builds=(build,), apart=()) if advised else None
        found.append(choose_lock((lock,), machine, interpreter.minor, alone, frameworks=(build.framework,)))
    found[0] = replace(own, notices=(*own.notices, *notices))
    return tuple(found)


def _setup(
    machine: Machine,
    interpreter: Interpreter,
    chosen: Sequence[ChosenLock],
    plans: tuple[EnvironmentPlan, ...],
    advised: BuildChoice | None,
) -> SetupPlan:
    from scaffold.builds.model import BuildChoice

    own, *further = plans
    choice = BuildChoice(
        python=interpreter.minor,
        builds=own.builds,
        apart=tuple(build for plan in further for build in plan.builds),
        reasons=tuple(f"{one.lock.path.name}: {reason}" for one in chosen for reason in one.reasons),
    )
    if advised is not None:
        choice = replace(choice, together=advised.together)
    return SetupPlan(machine=machine, interpreter=interpreter, choice=choice, environments=plans)


def _installer(system: System, backend: Backend) -> InstallerName:
    from scaffold.environments.installers.tools import find_uv

    uv = None if backend == "pip" else find_uv(system)
    if uv is None and backend == "uv":
        raise OptionRefused("uv was asked for and is not here", hint="python -m pip install uv")
    return "pip" if uv is None else "uv"


def _check_wheelhouse(system: System, setup: SetupPlan) -> None:
    """Name what a folder of wheels lacks before anything is touched."""
    from scaffold.environments.locking.plan import wheelhouse_of
    from scaffold.environments.locking.text import parse_requirements
    from scaffold.environments.locking.wheelhouse import refuse_incomplete

    for plan in setup.environments:
        folder = wheelhouse_of(plan.settings)
        if folder is not None:
            refuse_incomplete(folder, parse_requirements(plan.lock)[0], plan.interpreter, system)
