"""Make a project's environments anew, through `scaffold env sync` and `scaffold env create`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scaffold.setup import Announce, SetupPlan, Wishes
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.env.create import ProjectPlan
    from scaffold.env.sync import SyncPlan
    from scaffold.environments import model as environments
    from scaffold.environments.model import Report


#: What environments are made with.
_TOOLS = {"pip", "setuptools", "wheel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPlan:
    """One of the two workflows, planned."""

    command: tuple[str, ...]
    sync: SyncPlan | None = None
    create: ProjectPlan | None = None

    @property
    def setup(self) -> SetupPlan | None:
        """What would be installed; None where there is nothing to do."""
        if self.sync is not None:
            return None if self.sync.unchanged else self.sync.setup
        return self.create.setup if self.create is not None and self.create.setup.environments else None


def plan_environment(
    system: System, root: Path, how: Literal["sync", "create"], announce: Announce
) -> EnvironmentPlan:
    """Plan it. ``create`` asks the index. Raises what `env.sync.plan_sync` and `env.create` raise."""
    command = ("scaffold", "env", how)
    if how == "sync":
        from scaffold.env.sync import SyncWishes, plan_sync

        plan = plan_sync(system, root, SyncWishes(), announce)
        return EnvironmentPlan(command=command, sync=replace(plan, setup=_with_losses(plan.setup, root)))
    from scaffold.env.create import plan_for_project
    from scaffold.setup import demand_consent

    planned = plan_for_project(system, root, Wishes(frameworks=()), announce)
    demand_consent(planned.setup, planned.wishes)
    return EnvironmentPlan(command=command, create=replace(planned, setup=_with_losses(planned.setup, root)))


def _with_losses(setup: SetupPlan, root: Path) -> SetupPlan:
    """The plan, which also says what is installed by hand: no backup holds that."""
    from scaffold.environments.installers.itself import project_distribution

    own = project_distribution(root)  # it is installed again
    told = tuple(_telling_losses(plan, own) for plan in setup.environments)
    return replace(setup, environments=told)


def _telling_losses(plan: environments.EnvironmentPlan, own: str | None) -> environments.EnvironmentPlan:
    from packaging.utils import canonicalize_name

    from scaffold.environments.condition.verify import installed_distributions
    from scaffold.environments.layout import site_packages_of

    folder = site_packages_of(plan.location)
    if folder is None or not plan.downloads:
        return plan
    kept = {canonicalize_name(one.name) for one in plan.downloads} | {canonicalize_name(own or "")} | _TOOLS
    found = {canonicalize_name(one.name) for one in installed_distributions(folder) if one.name}
    lost = sorted(found - kept)
    if not lost:
        return plan
    notice = f"not part of the plan, gone afterwards, and not taken back by --undo: {', '.join(lost)}"
    return replace(plan, notices=(*plan.notices, notice))


def make_environment(system: System, plan: EnvironmentPlan, announce: Announce, report: Report) -> None:
    """Carry it out: the environment that is there stays until the new one was tried.

    Raises what the workflows raise.
    """
    if plan.sync is not None:
        from scaffold.env.sync import carry_out as synchronise

        synchronise(system, plan.sync, announce, report)
    if plan.create is not None:
        from scaffold.env.create import carry_out as create

        create(system, plan.create, announce, report)
