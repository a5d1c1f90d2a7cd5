"""``scaffold env remove``: remove one environment of a project."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.remove import RemovePlan
from scaffold.errors import ConsentNeeded
from scaffold.system import System


def plan_remove(start: Path, name: str, *, foreign: bool) -> RemovePlan:
    """What would go. Raises NotAProject, OptionRefused, and `environments.remove.plan_removal`'s errors."""
    from scaffold.env.places import place_of
    from scaffold.environments.remove import plan_removal
    from scaffold.projects.record import project_root

    return plan_removal(place_of(project_root(start), name), foreign=foreign)


def demand_yes(plan: RemovePlan) -> None:
    """Nobody can be asked, and nobody said yes."""
    raise ConsentNeeded(f"nobody agreed to the removal of {plan.location}", hint="say --yes if it shall go")


def carry_out(system: System, plan: RemovePlan, *, foreign: bool) -> None:
    """Remove it and tell PyCharm. Raises EnvironmentBusy where it is in use, NoPermission, NoSpace."""
    from scaffold.env.project import ide_project
    from scaffold.environments.remove import plan_removal, remove
    from scaffold.environments.state import locked
    from scaffold.making import tell_pycharm
    from scaffold.projects.record import read_record

    root = plan.place.root
    with locked(root):
        remove(plan_removal(plan.place, foreign=foreign))  # looked at again: somebody may have worked on it
        if plan.place.name:  # the project's own will be made again, at the same place
            tell_pycharm(system, ide_project(system, root, read_record(root)), root)
