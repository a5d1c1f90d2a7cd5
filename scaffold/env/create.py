"""``scaffold env create``: the environment of a project that is there already.

It goes on where an interrupted ``scaffold new`` stopped, and makes the environment anew on another
machine or after damage. What is to be installed comes from the project's own ``pyproject.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.builds.model import TITLES
from scaffold.env.project import ide_project, telling_what_is_left
from scaffold.environments.model import Report
from scaffold.errors import NoBuild, ScaffoldError
from scaffold.projects.model import Record
from scaffold.setup import (
    Announce,
    SetupPlan,
    SetupReport,
    Wishes,
    demand_consent,
    plan_setup,
)
from scaffold.system import System

#: More names than this say no more.
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlan:
    """A project and the environment that will be made for it."""

    root: Path
    record: Record
    wishes: Wishes
    setup: SetupPlan


def in_the_way(start: Path) -> ScaffoldError | None:
    """Why nobody may make an environment for the project around ``start`` unasked: the user made its own.

    Raises NotAProject.
    """
    from scaffold.environments.adopt import in_the_way as of_place
    from scaffold.environments.layout import Place
    from scaffold.projects.record import project_root

    return of_place(Place(project_root(start)))


def plan_for_project(system: System, start: Path, wishes: Wishes, announce: Announce) -> ProjectPlan:
    """Plan the environment of the project around ``start``, for the frameworks that it was made with.

    Raises NotAProject, EnvironmentOccupied and `plan_setup`'s errors.
    """
    from scaffold.environments.layout import Place
    from scaffold.environments.locking.read import lock_files
    from scaffold.environments.planned import read_together
    from scaffold.environments.refusals import refuse_place
    from scaffold.projects.declared import made_with, required_python, wanted_builds
    from scaffold.projects.record import project_root, read_record

    root, record = project_root(start), read_record(start)
    refuse_place(Place(root))
    together = read_together(root) if wishes.together is None else wishes.together
    wishes = replace(wishes, frameworks=record.frameworks, together=together)
    wanted = () if record.kind == "scaffold" else wanted_builds(root)
    try:
        setup = plan_setup(
            system,
            root=root,
            wishes=wishes,
            requirements=made_with(root),
            environment=True,
            announce=announce,
            allowed=required_python(root),
            wanted=wanted,
        )
    except NoBuild as problem:
        if record.kind != "scaffold" and problem.code == NoBuild.code:
            problem.hint = _way_on(record, wanted)
        raise
    leaving = _leaving(system, setup)
    if leaving:
        notice = (
            f"not asked for by the project, and gone if the environment is made anew: {', '.join(leaving)}"
        )
        setup = replace(setup, choice=replace(setup.choice, notices=(*setup.choice.notices, notice)))
    if lock_files(root):
        notice = "the project has locks, and this resolves anew; exactly the lock: scaffold env sync"
        setup = replace(setup, choice=replace(setup.choice, notices=(*setup.choice.notices, notice)))
    return ProjectPlan(root=root, record=record, wishes=wishes, setup=setup)


def _way_on(record: Record, wanted: tuple[str, ...]) -> str:
    """Where somebody else decided what the project needs, no option of ours leaves a framework out."""
    loosen = f"loosen {', '.join(wanted)} where the project asks for it; or " if wanted else ""
    if record.kind == "none":
        frameworks = " and ".join(TITLES[one] for one in record.frameworks)
        return (
            f"{loosen}have {frameworks} installed as any other package, unproved: "
            "rm -r .scaffold && scaffold adopt . --framework none"
        )
    return f"{loosen}make the environment yourself, and have it used as it is: scaffold env adopt PATH"


def _leaving(system: System, setup: SetupPlan) -> tuple[str, ...]:
    """What somebody installed besides what the project asks for, a few names at most."""
    from packaging.utils import canonicalize_name

    from scaffold.environments.condition.differences import SEEDS
    from scaffold.environments.condition.inspect import inspect
    from scaffold.environments.installers.itself import project_distribution

    names: dict[str, None] = {}
    for plan in setup.environments:
        found = inspect(plan.place.own_location, system)
        planned = {canonicalize_name(one.name) for one in plan.downloads}
        known = {*planned, *SEEDS, canonicalize_name(project_distribution(plan.root) or "")}
        names.update(dict.fromkeys(sorted(set(found.packages if found else ()) - known)))
    shown = tuple(names)[:SHOWN]
    return (*shown, f"and {len(names) - SHOWN} more") if len(names) > SHOWN else shown


def carry_out(system: System, plan: ProjectPlan, announce: Announce, report: Report) -> SetupReport:
    """Make the environment and the IDE's files; an older one stays until the new one is proved.

    Raises ConsentNeeded, `make_environment`'s errors, and Interrupted with words of what is left.
    """
    from scaffold.making import make_environments

    demand_consent(plan.setup, plan.wishes)
    with telling_what_is_left(plan.root, ("scaffold", "env", "create", *plan.wishes.arguments)):
        return make_environments(
            system, plan.setup, ide_project(system, plan.root, plan.record), announce, report
        )
