"""``scaffold env sync``: make the environment exactly what the project's lock for this machine says."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.environments.model import Backend, Report
from scaffold.errors import InstallFailed, LockUnusable
from scaffold.setup import Announce, SetupPlan, SetupReport
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.choose import ChosenLock
    from scaffold.environments.locking.groups import Declared
    from scaffold.environments.locking.model import ProjectLock
    from scaffold.environments.locking.suited import Suited
    from scaffold.environments.model import EnvironmentPlan
    from scaffold.interpreters.model import Interpreter
    from scaffold.machine.model import Machine
    from scaffold.projects.model import Record
    from scaffold.sources.model import SourceSettings


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

    Raises NotAProject, LockUnusable (``lock-missing``, ``lock-stale``, ``lock-mixed``, ``lock-damaged``,
    ``lock-unusable``), PythonMissing, OptionRefused, EnvironmentOccupied (also by an environment that the
    user made).
    """
    from scaffold.environments.adopt import in_the_way
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.groups import declared
    from scaffold.environments.locking.plan import is_as_locked, plan_locked, with_room
    from scaffold.environments.locking.read import project_locks
    from scaffold.environments.refusals import refuse_place
    from scaffold.projects.record import project_root, read_record
    from scaffold.sources.authorization import refuse_unauthorized
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
    machine, found = _look(system, Place(root), record, locks, wishes, settings)
    plans = tuple(
        plan_locked(
            system,
            place=Place(root, one.lock.group if number else ""),
            chosen=one,
            project=project,
            interpreter=found.interpreter,
            settings=settings,
            backend=wishes.backend,
        )
        for number, one in enumerate(found.chosen)
    )
    unchanged = all(is_as_locked(one, system) for one in plans)
    if not unchanged:
        announce("looking for what is here already")
        pairs = zip(plans, found.chosen, strict=True)
        plans = tuple(with_room(plan, one.lock, system) for plan, one in pairs)
        if any(not one.local for plan in plans for one in plan.downloads):
            refuse_unauthorized(settings, system)
    return SyncPlan(
        root=root,
        record=record,
        wishes=wishes,
        chosen=found.chosen,
        setup=_setup(machine, found, plans),
        unchanged=unchanged,
    )


def carry_out(system: System, plan: SyncPlan, announce: Announce, report: Report) -> SetupReport:
    """Make the environments, prove them, tell PyCharm. Raises what `make_environments` does."""
    from scaffold.env.project import ide_project, telling_what_is_left
    from scaffold.making import agreed_to_replace, make_environments

    _check_wheelhouse(system, plan.setup)
    setup = agreed_to_replace(plan.setup) if plan.wishes.replace else plan.setup
    with telling_what_is_left(plan.root, ("scaffold", "env", "sync", *plan.wishes.arguments)):
        try:
            return make_environments(
                system, setup, ide_project(system, plan.root, plan.record), announce, report
            )
        except InstallFailed as problem:
            if problem.code == "install-hash-mismatch":
                raise not_the_locks_file(problem, plan.chosen) from problem
            raise


def not_the_locks_file(problem: InstallFailed, chosen: Sequence[ChosenLock]) -> InstallFailed:
    """A hash differs: it is the lock's, not the index's, and so the lock may be what is wrong."""
    from scaffold.environments.locking.model import made_by_pip

    message = problem.message.replace("the file that the index announced", "a file that the lock names")
    hint = "another mirror may have that file: --index URL; take what there is now: scaffold env lock"
    if any(made_by_pip(one.lock) for one in chosen):
        hint = f"the lock names the files that pip takes: scaffold env sync --backend pip\n{hint}"
    return InstallFailed(message, detail=problem.detail, hint=hint, code=problem.code)


def _recover(root: Path) -> None:
    """Finish what a killed `scaffold env lock` began; nothing is locked where nothing was left."""
    from scaffold.environments.locking.write import has_remains, recover_files
    from scaffold.environments.state import locked

    if has_remains(root):
        with locked(root):
            recover_files(root)


def _refuse(project: Declared, locks: Sequence[ProjectLock], wishes: SyncWishes) -> None:
    """A missing lock, one that is older than what it was made from, and one that is not whole in itself."""
    from scaffold.environments.locking.read import disagreements, missing, mixed, stale, staleness

    if not locks:
        raise missing(project.root, wishes.group or project.groups[0])
    reasons = {lock.group: staleness(lock, project) for lock in locks}
    differ = {lock.group: disagreements(lock) for lock in locks}
    old = [lock for lock in locks if reasons[lock.group] and wishes.group in ("", lock.group)]
    torn = [lock for lock in locks if differ[lock.group] and wishes.group in ("", lock.group)]
    if (old or torn) and not wishes.frozen:
        problem = stale(old[0], reasons[old[0].group]) if old else mixed(torn[0], differ[torn[0].group])
        hint = f"{problem.hint}; or take it as it is: scaffold env sync --frozen"
        raise LockUnusable(problem.message, detail=problem.detail, hint=hint, code=problem.code)


def _look(
    system: System,
    place: Place,
    record: Record,
    locks: Sequence[ProjectLock],
    wishes: SyncWishes,
    settings: SourceSettings,
) -> tuple[Machine, Suited]:
    """The machine, and the Python and the locks that suit it together."""
    from scaffold import machine
    from scaffold.environments.locking.python import candidates
    from scaffold.environments.locking.suited import suited
    from scaffold.environments.planned import read_packages, read_together
    from scaffold.interpreters.find import find

    with ThreadPoolExecutor(2) as pool:
        looking = pool.submit(machine.detect, system, place.root.parent)
        searching = pool.submit(find, system)
        seen, found = looking.result(), searching.result()
    asked = [one for one in locks if one.group == wishes.group] or locks
    pythons = candidates(
        system, asked, found, root=place.root, wanted=wishes.python,
        planned=read_packages(place)[1], architecture=seen.host.architecture,
    )  # fmt: skip
    return seen, suited(
        place, locks, seen, pythons, frameworks=record.frameworks, wanted=wishes.group,
        together=bool(read_together(place.root)), lacks=partial(_lacks, system, settings),
    )  # fmt: skip


def _lacks(
    system: System, settings: SourceSettings, chosen: ChosenLock, interpreter: Interpreter
) -> tuple[str, ...]:
    """What a folder of wheels lacks of a lock for a Python, by its names; nothing where an index is asked."""
    from scaffold.environments.locking.plan import wheelhouse_of
    from scaffold.environments.locking.wheelhouse import by_name, wanted_here

    folder = wheelhouse_of(settings)
    if folder is None:
        return ()
    rows = wanted_here(chosen.lock.packages, interpreter, system)
    there = by_name(folder, rows, interpreter.minor)
    return tuple(f"{folder} has no wheel of {one.shown} for it" for one in rows if one.name not in there)


def _setup(machine: Machine, found: Suited, plans: tuple[EnvironmentPlan, ...]) -> SetupPlan:
    from scaffold.builds.model import BuildChoice

    own, *further = plans
    choice = BuildChoice(
        python=found.interpreter.minor,
        builds=own.builds,
        apart=tuple(build for plan in further for build in plan.builds),
        reasons=(found.reason,),
        turned_down=found.turned_down,
        together=found.advised is not None and found.advised.together,
    )
    return SetupPlan(machine=machine, interpreter=found.interpreter, choice=choice, environments=plans)


def _check_wheelhouse(system: System, setup: SetupPlan) -> None:
    """Name what a folder of wheels lacks before anything is touched."""
    from scaffold.environments.locking.plan import wheelhouse_of
    from scaffold.environments.locking.text import parse_requirements
    from scaffold.environments.locking.wheelhouse import refuse_incomplete

    for plan in setup.environments:
        folder = wheelhouse_of(plan.settings)
        if folder is not None:
            refuse_incomplete(folder, parse_requirements(plan.lock)[0], plan.interpreter, system)
