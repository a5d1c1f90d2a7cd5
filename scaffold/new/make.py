"""A plan of `scaffold new`, done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.environments.model import Report
from scaffold.errors import Interrupted, ScaffoldError
from scaffold.new.model import NewPlan, NewReport
from scaffold.setup import Announce, Wishes, demand_consent
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.model import IdeProject


def carry_out(system: System, plan: NewPlan, wishes: Wishes, announce: Announce, report: Report) -> NewReport:
    """Write the project, make its environment, make it PyCharm-ready, prove it.

    Until the files stand, a failure leaves nothing. After that it leaves the whole project without
    an environment, and the error says how to go on.
    """
    from scaffold.environments.planned import write_planned
    from scaffold.environments.refusals import refuse_without_space
    from scaffold.making import make_environments
    from scaffold.projects.write import write_project
    from scaffold.pycharm.registration.made import remember_made

    if plan.setup.environments:
        demand_consent(plan.setup, wishes)
        refuse_without_space(plan.setup.environments, system)
    announce(f"writing {len(plan.files)} files")
    write_project(plan.target, plan.files)
    remember_made(system, plan.target.absolute())
    if not plan.setup.environments:
        write_planned(plan.target, plan.setup.choice, plan.setup.machine)
        return NewReport(target=plan.target, files=len(plan.files), setup=None)
    try:
        made = make_environments(system, plan.setup, ide_project(system, plan), announce, report)
    except ScaffoldError as cause:
        raise unfinished(plan.target, cause, wishes) from cause
    except KeyboardInterrupt:
        stopped = Interrupted("stopped while the environment was being made")
        raise unfinished(plan.target, stopped, wishes) from None
    return NewReport(target=plan.target, files=len(plan.files), setup=made)


def ide_project(system: System, plan: NewPlan) -> IdeProject:
    """The project as PyCharm will see it, once its files stand."""
    from scaffold.projects.render import project_runs
    from scaffold.pycharm.model import IdeProject
    from scaffold.pycharm.project.describe import recorded_project

    if plan.record.kind != "scaffold":
        return recorded_project(plan.record, plan.target, system)
    runs = project_runs(plan.template, plan.name, plan.frameworks)
    return IdeProject(module=plan.name.distribution, runs=runs, python="", excluded=plan.template.excluded)


def unfinished(target: Path, cause: ScaffoldError, wishes: Wishes) -> ScaffoldError:
    """The same problem, with what is left in the folder and how to go on from there."""
    from scaffold.shell import line

    left = f"The project's files are complete in {target}; its environment is not made."
    go_on = f"go on with: {line('cd', target)} && {line('scaffold', 'env', 'create', *wishes.arguments)}"
    return type(cause)(
        cause.message,
        detail=(*cause.detail, left),
        hint="\n".join(filter(None, (cause.hint, go_on))),
        code=cause.code,
    )
