"""The first lock of a project, made on the way to its environment."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.environments.model import Backend
from scaffold.setup import Announce
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.env.lock import LockPlan


def plan_where_missing(
    system: System, start: Path, *, index: str, backend: Backend, announce: Announce
) -> LockPlan | None:
    """The lock of a project that has none yet, as `scaffold env lock` plans it; nothing is written.

    None where there is a lock, also where it is older than what it was made from: newer versions are taken
    where somebody wants them. Raises what `plan_lock` does.
    """
    from scaffold.env.lock import plan_lock
    from scaffold.environments.locking.read import lock_files
    from scaffold.projects.record import project_root

    if lock_files(project_root(start)):
        return None
    return plan_lock(system, start, index=index, backend=backend, announce=announce)


def lock_where_missing(
    system: System, start: Path, *, index: str, backend: Backend, announce: Announce
) -> tuple[PurePosixPath, ...]:
    """Lock a project that has no lock yet; the files that were written.

    Raises what `plan_where_missing` and the lock's `carry_out` do.
    """
    from scaffold.env.lock import carry_out

    plan = plan_where_missing(system, start, index=index, backend=backend, announce=announce)
    return () if plan is None else carry_out(plan)
