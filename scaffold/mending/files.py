"""Write the files that were planned, each backed up first, and take them back."""

from __future__ import annotations

from pathlib import Path

from scaffold.errors import ConsentNeeded
from scaffold.mending.model import MendPlan
from scaffold.pycharm.mending import backups


def write_files(plan: MendPlan) -> Path | None:
    """The backup's folder; None where no file changes. Raises ScaffoldError, NoPermission, NoSpace."""
    if not plan.changes or plan.root is None or plan.backups is None:
        return None
    return backups.carry_out(plan.root, plan.changes, plan.backups)


def take_back(plan: MendPlan) -> None:
    """Write the files as they were. Raises ScaffoldError, NoPermission, NoSpace."""
    assert plan.root is not None
    assert plan.backups is not None
    backups.take_back(plan.root, plan.changes, plan.backups)


def demand_yes(plan: MendPlan) -> None:
    """Raise ConsentNeeded: nobody is there who could be asked."""
    environment = (f"the environment: scaffold env {plan.environment}",) if plan.environment else ()
    raise ConsentNeeded(
        f"{plan.root} would be changed",
        detail=(*(one.path for one in plan.changes), *environment),
        hint="look at it with --dry-run, and agree with --yes",
    )
