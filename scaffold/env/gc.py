"""``scaffold env gc``: what can be freed, and what of it scaffold frees itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.gc import Freeable
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class GcPlan:
    """What was found. ``root`` is None outside of a project: then it is the caches alone."""

    root: Path | None
    found: tuple[Freeable, ...]
    advice: tuple[str, ...] = ()

    @property
    def ours(self) -> tuple[Freeable, ...]:
        """What `carry_out` deletes."""
        return tuple(one for one in self.found if one.ours)


def plan_gc(system: System, start: Path) -> GcPlan:
    """Look at the project around ``start``, where there is one, and at the caches. Nothing is changed."""
    from scaffold.environments.gc import advice, caches, freeable_of
    from scaffold.errors import NotAProject
    from scaffold.projects.record import project_root

    try:
        root = project_root(start)
    except NotAProject:
        return GcPlan(root=None, found=caches(None, system), advice=advice(start, system))
    found = (*freeable_of(root), *caches(root, system))
    return GcPlan(root=root, found=found, advice=advice(root, system))


def carry_out(plan: GcPlan) -> tuple[Freeable, ...]:
    """Delete what is ours, and say what that was.

    Raises EnvironmentBusy where somebody works on the project's environments, NoPermission.
    """
    from scaffold.environments.gc import delete
    from scaffold.environments.state import locked

    if plan.root is None:
        for one in plan.ours:
            delete(one)
        return plan.ours
    with locked(plan.root):
        for one in plan.ours:
            delete(one)
    return plan.ours
