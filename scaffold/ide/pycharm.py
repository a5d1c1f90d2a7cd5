"""``scaffold ide pycharm``: make a folder open in PyCharm with its interpreter, and take that back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import IdeMissing, NotAProject
from scaffold.files import absolute
from scaffold.pycharm.configs import ConfigFolder, Layout
from scaffold.pycharm.model import IdeaReport, IdeProject
from scaffold.pycharm.project.idea_plan import IdeaPlan
from scaffold.pycharm.project.removal import Removal
from scaffold.pycharm.registration.journal import Entered
from scaffold.pycharm.registration.model import RegistrationPlan
from scaffold.pycharm.registration.plan import Wish
from scaffold.pycharm.registration.undo import TakenBack
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class PycharmPlan:
    """What will be written into the folder and into the settings of which PyCharm, and why."""

    root: Path
    project: IdeProject  # with its interpreters, by the names that were chosen
    ours: bool  # scaffold made the project
    files: IdeaPlan
    registration: RegistrationPlan
    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """What was written for a project, and of that what will go."""

    root: Path
    files: Removal
    entered: tuple[tuple[ConfigFolder, Entered], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What went, and what stays."""

    files: Removal
    ides: tuple[TakenBack, ...]


def describe(system: System, start: Path) -> tuple[Path, IdeProject, bool]:
    """The project around ``start``, its folder, and whether scaffold made it. Raises NotAProject."""
    from scaffold.projects.record import read_record
    from scaffold.pycharm.project.describe import any_project, recorded_project, root_of

    root, ours = root_of(start, system)
    if ours:
        return root, recorded_project(read_record(root), root, system), True
    return root, _with_interpreter(system, any_project(root, system), root), False


def _with_interpreter(system: System, project: IdeProject, root: Path) -> IdeProject:
    """The environment of somebody else's project, in ``.venv`` or ``venv``."""
    from scaffold.environments.condition.inspect import inspect
    from scaffold.pycharm.reading.sdk import environments

    found = (inspect(place, system) for place in environments(root, system))
    environment = next((one for one in found if one is not None and one.version), None)
    if environment is None:
        return project
    return replace(project, python=environment.version, interpreter=environment.python)


def plan_pycharm(system: System, start: Path, wish: Wish, *, create_config: bool = False) -> PycharmPlan:
    """Plan it; nothing is written.

    ``create_config``: also for a PyCharm that is installed and never ran. Raises NotAProject, IdeFileBroken,
    TargetOccupied, NoPermission, and IdeMissing where a folder of settings shall be made and no PyCharm is
    there to need it.
    """
    from scaffold import making

    root, project, ours = describe(system, start)
    if create_config:
        wish = replace(wish, create=_never_ran(system))
    return planned(system, root, making.with_environments(system, project, root), wish, ours=ours)


def planned(system: System, root: Path, known: IdeProject, wish: Wish, *, ours: bool) -> PycharmPlan:
    """The plan of a project whose environments are known, with the names that PyCharm has for them.

    Raises IdeFileBroken, TargetOccupied, NoPermission.
    """
    from scaffold import making
    from scaffold.pycharm.registration.interpreters import sdks_of
    from scaffold.pycharm.registration.plan import plan_registration
    from scaffold.pycharm.registration.register import named

    registration = plan_registration(system, root, sdks_of(known, root, system), wish)
    known = named(known, registration)
    files = making.plan_pycharm(system, known, root, registered=registration.registered, repair=wish.repair)
    return PycharmPlan(root=root, project=known, ours=ours, files=files, registration=registration, wish=wish)


def _never_ran(system: System) -> tuple[ConfigFolder, ...]:
    """The folders of settings that PyCharms installed here will have once they run."""
    from scaffold.pycharm.configs import config_folders
    from scaffold.pycharm.installations.find import installations
    from scaffold.pycharm.products import parse_folder_name

    there = {one.path for one in config_folders(system)}
    folders = []
    installed = installations(system)
    for one in installed:
        named = parse_folder_name(one.config_folder.name) if one.config_folder is not None else None
        if one.config_folder is None or named is None or one.config_folder in there:
            continue
        how: Layout = "flatpak" if one.how == "flatpak" else "native"
        folders.append(ConfigFolder(path=one.config_folder, product=named[0], version=named[1], how=how))
    if not installed:
        raise IdeMissing(
            "There is no PyCharm on this machine whose settings could be made",
            hint="install one:  scaffold ide install",
        )
    return tuple(dict.fromkeys(folders))


def carry_out(system: System, plan: PycharmPlan) -> IdeaReport:
    """Write the files, and enter the interpreters wherever PyCharm is closed.

    What each PyCharm knows is looked at again, under the lock that keeps two projects from one name.
    Raises EnvironmentBusy where the environment is being made, IdeFileBroken, TargetOccupied, NoPermission,
    NoSpace.
    """
    import contextlib

    from scaffold.environments.state import locked
    from scaffold.making import tell_pycharm

    with locked(plan.root) if plan.ours else contextlib.nullcontext():
        return tell_pycharm(system, plan.project, plan.root, wish=plan.wish)


def plan_undo(system: System, start: Path) -> UndoPlan:
    """What taking everything back comes to; of a folder that is gone, what PyCharm's settings hold of it.

    Raises NotAProject, TargetOccupied, NoPermission, ScaffoldError (journal-refused).
    """
    from scaffold.pycharm.project.removal import Removal, plan_removal
    from scaffold.pycharm.registration import undo
    from scaffold.pycharm.registration.journal import damage

    wrong, given = damage(system), absolute(start)
    notes = (wrong,) if wrong else ()
    entered = undo.plan_undo(system, given)
    try:
        root, project, _ = describe(system, start)
    except NotAProject as problem:
        if not entered:
            raise _with_those_gone(system, problem) from problem
        root, project = given, None
    if project is None or (entered and root != given):  # what was entered is all that there is of it
        files = Removal(plan=IdeaPlan(root=given, files=(), record=b""))
        return UndoPlan(root=given, files=files, entered=entered, notes=notes)
    files = plan_removal(root, project, home=system.home)
    return UndoPlan(root=root, files=files, entered=undo.plan_undo(system, root), notes=notes)


def _with_those_gone(system: System, problem: NotAProject) -> NotAProject:
    """The error, and the folders that are gone and of which PyCharm knows still."""
    from scaffold.pycharm.registration.undo import projects_gone

    gone = projects_gone(system)
    if not gone:
        return problem
    told = tuple(f"PyCharm still knows of a project that is gone: {one}" for one in gone)
    return NotAProject(problem.message, detail=(*problem.detail, *told), hint="name that folder")


def carry_out_undo(system: System, plan: UndoPlan) -> UndoReport:
    """Take it back: the entries first, then the files. Run configurations are the project's, and stay.

    Raises ScaffoldError (ide-busy), NoPermission, NoSpace.
    """
    from scaffold.pycharm.project.removal import remove_idea
    from scaffold.pycharm.registration.undo import undo

    ides = undo(system, plan.root)
    remove_idea(plan.files)
    return UndoReport(files=plan.files, ides=ides)
