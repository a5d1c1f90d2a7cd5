"""``scaffold env``: the environment of a project that is there already.

It goes on where an interrupted ``scaffold new`` stopped, and makes the environment anew on another
machine or after damage. What is to be installed comes from the project's own ``pyproject.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.model import Environment, Report
from scaffold.errors import Interrupted, LaunchFailed
from scaffold.projects.model import Record
from scaffold.pycharm.model import IdeProject
from scaffold.setup import (
    Announce,
    SetupPlan,
    SetupReport,
    Wishes,
    demand_consent,
    make_environment,
    plan_setup,
)
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlan:
    """A project and the environment that will be made for it."""

    root: Path
    record: Record
    wishes: Wishes
    setup: SetupPlan


def plan_for_project(
    system: System, start: Path, *, python: str | None, index: str, allow_cuda: bool, announce: Announce
) -> ProjectPlan:
    """Plan the environment of the project around ``start``; raises NotAProject and `plan_setup`'s errors."""
    from scaffold.projects.declared import declared_requirements
    from scaffold.projects.record import project_root, read_record

    root, record = project_root(start), read_record(start)
    wishes = Wishes(frameworks=record.frameworks, python=python, index=index, allow_cuda=allow_cuda)
    setup = plan_setup(
        system,
        root=root,
        wishes=wishes,
        requirements=declared_requirements(root),
        environment=True,
        announce=announce,
    )
    return ProjectPlan(root=root, record=record, wishes=wishes, setup=setup)


def carry_out(system: System, plan: ProjectPlan, announce: Announce, report: Report) -> SetupReport:
    """Make the environment and the IDE's files; an older one stays until the new one is proved.

    Raises ConsentNeeded, `make_environment`'s errors, and Interrupted with words of what is left.
    """
    from scaffold.environments.plan import FOLDER
    from scaffold.environments.state import left
    from scaffold.shell import line

    demand_consent(plan.setup, plan.wishes)
    try:
        return make_environment(system, plan.setup, ide_project(plan.record), announce, report)
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped while the environment was being made",
            detail=(left(plan.root, plan.root / FOLDER),),
            hint=f"go on with: {line('scaffold', 'env', 'create', *plan.wishes.arguments)}",
        ) from None


def of_project(system: System, start: Path) -> Environment:
    """The environment of the project around ``start``, from its files; LaunchFailed where there is none."""
    from scaffold.environments.inspect import inspect
    from scaffold.environments.plan import FOLDER
    from scaffold.projects.record import project_root

    location = project_root(start) / FOLDER
    environment = inspect(location, system)
    if environment is None:
        raise LaunchFailed(
            f"the project has no environment: {location} is not there or is none",
            hint="make it: scaffold env create",
            code="environment-missing",
        )
    return environment


def ide_project(record: Record) -> IdeProject:
    """A project that is there already, as PyCharm will see it.

    Its template may not be installed any more: then only what every project has is known.
    """
    from scaffold.errors import TemplateBroken, TemplateUnknown
    from scaffold.projects.catalog import find_template
    from scaffold.projects.render import project_runs

    try:
        template = find_template(record.qualified_template)
    except (TemplateUnknown, TemplateBroken):
        return IdeProject(module=record.name.distribution, runs=(), python="")
    runs = project_runs(template, record.name, record.frameworks)
    return IdeProject(module=record.name.distribution, runs=runs, python="", excluded=template.excluded)
