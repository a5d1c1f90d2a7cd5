"""``scaffold env gc``: what can be freed, and what of it scaffold frees itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    caches: bool = False  # the user says that caches of ours may go, too

    @property
    def ours(self) -> tuple[Freeable, ...]:
        """What `carry_out` deletes."""
        return tuple(one for one in self.found if one.ours and (self.caches or one.kind != "cache"))


def plan_gc(system: System, start: Path, *, with_caches: bool = False) -> GcPlan:
    """Look at the project around ``start``, where there is one, and at the caches. Nothing is changed."""
    from scaffold.environments.gc import advice, caches, freeable_of
    from scaffold.errors import NotAProject
    from scaffold.projects.record import project_root

    try:
        root = project_root(start)
    except NotAProject:
        found = caches(None, system)
        return GcPlan(root=None, found=found, advice=advice(start, system), caches=with_caches)
    # What `carry_out` deletes comes first, the caches last.
    found = (*sorted(freeable_of(root), key=lambda one: not one.ours), *caches(root, system))
    return GcPlan(root=root, found=found, advice=advice(root, system), caches=with_caches)


def carry_out(plan: GcPlan) -> tuple[Freeable, ...]:
    """Delete what is ours, and say what that was.

    Raises EnvironmentBusy where somebody works on the project's environments, NoPermission.
    """
    from scaffold.environments.gc import delete, freeable_of
    from scaffold.environments.state import locked

    if plan.root is None:
        return _deleted(plan.ours, delete)
    with locked(plan.root):
        # Looked at again: somebody may have worked on the project meanwhile.
        still = {one.path for one in freeable_of(plan.root) if one.ours}
        caches = {one.path for one in plan.ours if one.kind == "cache"}
        return _deleted([one for one in plan.ours if one.path in still | caches], delete)


def _deleted(found: Iterable[Freeable], delete: Callable[[Freeable], None]) -> tuple[Freeable, ...]:
    gone = []
    for one in found:
        delete(one)
        gone.append(one)
    return tuple(gone)
