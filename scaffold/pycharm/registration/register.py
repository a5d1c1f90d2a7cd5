"""Enter a project's interpreters into the settings of every PyCharm that is closed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.files import clear_remains, replace_file
from scaffold.pycharm.configs import config_folders
from scaffold.pycharm.model import IdeProject
from scaffold.pycharm.registration import table, trust
from scaffold.pycharm.registration.by_hand import click
from scaffold.pycharm.registration.interpreters import sdks_of
from scaffold.pycharm.registration.journal import Entered, mend_journal, note, read_journal
from scaffold.pycharm.registration.model import (
    Known,
    Registered,
    RegistrationPlan,
    RegistrationReport,
    Sdk,
    Step,
)
from scaffold.pycharm.registration.plan import Wish, plan_registration, settings
from scaffold.pycharm.registration.store import back_up, leaves_settings, locked
from scaffold.pycharm.registration.writing import settled
from scaffold.pycharm.running import is_running
from scaffold.system import System

#: Registered in every PyCharm that is closed; what else is asked for is the user's to say.
_EVERYWHERE = Wish()


@dataclass(slots=True)
class Registering:
    """A registration under way: ``project`` bears the names to be written into its files."""

    project: IdeProject
    plan: RegistrationPlan
    report: RegistrationReport = field(default_factory=RegistrationReport)


@contextlib.contextmanager
def registering(
    system: System, root: Path, project: IdeProject, wish: Wish = _EVERYWHERE
) -> Iterator[Registering]:
    """Choose the names, let the block write the project's files, then enter the interpreters.

    All of it under one lock: two projects of one name get two names. What goes wrong with an IDE's
    settings is told in ``report`` and stops nothing: the project's files are right without them.
    """
    sdks = sdks_of(project, root, system)
    with contextlib.ExitStack() as stack:
        failure, mended = "", ""
        enters = wish.register and not leaves_settings(system)
        if enters and (config_folders(system, running=()) or wish.create):
            try:
                stack.enter_context(locked(system))
                mended = mend_journal(system)
            except ScaffoldError as problem:
                failure, wish = "; ".join((problem.message, *problem.detail)), replace(wish, register=False)
        plan = plan_registration(system, root, sdks, wish)
        under_way = Registering(named(project, plan), plan)
        yield under_way
        report = carry_out(system, plan, wish)
        told = (mended, failure and f"nothing was entered in PyCharm's settings: {failure}")
        notes = (*report.notes, *filter(None, told))
        under_way.report = replace(report, notes=notes, refused=plan.refused or bool(failure))


def named(project: IdeProject, plan: RegistrationPlan) -> IdeProject:
    """The project with the chosen names of its interpreters."""
    further = tuple(replace(one, sdk_name=plan.name_of(one.interpreter)) for one in project.further)
    return replace(project, sdk_name=plan.name_of(project.interpreter), further=further)


def carry_out(system: System, plan: RegistrationPlan, wish: Wish) -> RegistrationReport:
    """Do what each step says; one that fails stops no other."""
    ides = [_tried(system, plan, step, wish) for step in plan.steps]
    names = tuple(sdk.name for sdk in plan.sdks)
    return RegistrationReport(names=names, ides=tuple(ides), notes=plan.notes)


def _tried(system: System, plan: RegistrationPlan, step: Step, wish: Wish) -> Registered:
    left = click(step.folder, plan.sdks, asks=step.asks)
    done = Registered(folder=step.folder, outcome=step.outcome, why=step.why, asks=step.asks)
    if step.outcome == "unchanged":
        return done
    if step.outcome == "open" and not step.sdks:
        return replace(done, click=click(step.folder, (), asks=step.trust))
    if step.outcome != "registered":
        return replace(done, click=left)
    try:
        return _enter(system, plan, step, wish)
    except ScaffoldError as problem:
        why = "; ".join((problem.message, *problem.detail))
        return replace(done, outcome="failed", why=why, click=left)


def _enter(system: System, plan: RegistrationPlan, step: Step, wish: Wish) -> Registered:
    folder, project = step.folder, plan.project
    evidence = is_running(folder, system)  # time has passed since the plan
    if evidence:
        left = click(folder, plan.sdks, asks=step.asks)
        return Registered(folder=folder, outcome="open", why=evidence, click=left, asks=step.asks)
    earlier = read_journal(system).get(str(project), {}).get(str(folder.path), Entered())
    entered = _entered(earlier, step)
    # written down first: whatever the moment of a kill, what stands in the settings can be taken back
    note(system, project, folder.path, entered)
    writing = _Writing(system)
    writing.write(folder.table, lambda: _table_of(system, step, wish))
    if step.trust:
        writing.write(folder.trusted, lambda: _trust_of(system, step, project, wish))
    note(system, project, folder.path, _without(entered, step.leaving))
    _forget_elsewhere(system, project, step)
    return Registered(
        folder=folder,
        outcome="registered",
        why=step.why,
        written=tuple(writing.written),
        backups=tuple(writing.backups),
        asks=step.asks and not step.trust,
        entered=tuple(sdk.name for sdk in step.sdks),
        left=tuple(f"{one.name} ({one.home})" for one in step.leaving),
        trusts=step.trust,
    )


def _table_of(system: System, step: Step, wish: Wish) -> bytes:
    document = settings(step.folder.table, table.empty(), repair=wish.repair)
    table.enter(document, step.sdks, step.leaving, system)
    return document.to_bytes()


def _trust_of(system: System, step: Step, project: Path, wish: Wish) -> bytes:
    document = settings(step.folder.trusted, trust.empty(), repair=wish.repair)
    trust.enter(document, project, system)
    return document.to_bytes()


def _entered(earlier: Entered, step: Step) -> Entered:
    fresh = tuple(as_known(sdk) for sdk in step.sdks)
    places = (step.folder.table, step.folder.trusted, *step.folder.folders)
    created = {one.name for one in places if not one.exists()}
    return Entered(
        sdks=tuple(dict.fromkeys((*earlier.sdks, *fresh))),
        trusted=earlier.trusted or step.trust,
        created=tuple(sorted({*earlier.created, *created})),
    )


def _without(entered: Entered, leaving: tuple[Known, ...]) -> Entered:
    return replace(entered, sdks=tuple(one for one in entered.sdks if one not in leaving))


def _forget_elsewhere(system: System, project: Path, step: Step) -> None:
    """What went although it was another project's, which is gone: nothing of it is left to be taken back."""
    for other, places in read_journal(system).items():
        entered = places.get(str(step.folder.path), Entered())
        if other != str(project) and any(one in step.leaving for one in entered.sdks):
            rest = _without(entered, step.leaving)
            is_empty = not rest.sdks and not rest.trusted
            note(system, Path(other), step.folder.path, Entered() if is_empty else rest)


def as_known(sdk: Sdk) -> Known:
    """An interpreter as the journal keeps it."""
    return Known(name=sdk.name, home=str(sdk.python), identity=sdk.identity, project=str(sdk.project))


class _Writing:
    """Files of settings, each backed up before it is changed."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.written: list[Path] = []
        self.backups: list[Path] = []

    def write(self, path: Path, make: Callable[[], bytes]) -> None:
        """Raises IdeFileBroken, IdeRunning, NoPermission, NoSpace; the file is as it was then."""
        clear_remains(path)
        present, content = settled(path, make)
        if content == present:
            return
        if present is not None:
            self.backups.append(back_up(self._system, path, present))
        replace_file(path, content)
        self.written.append(path)
