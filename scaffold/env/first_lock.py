"""The first lock of a project, made on the way to its environment."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from scaffold.environments.model import Backend
from scaffold.setup import Announce
from scaffold.system import System


def lock_where_missing(
    system: System, start: Path, *, index: str, backend: Backend, announce: Announce
) -> tuple[PurePosixPath, ...]:
    """Lock a project that has no lock yet, as `scaffold env lock` does; the files that were written.

    Nothing happens where there is a lock, also where it is older than what it was made from: newer versions
    are taken where somebody wants them. Raises what `plan_lock` and its `carry_out` do.
    """
    from scaffold.env.lock import carry_out, plan_lock
    from scaffold.environments.locking.read import lock_files
    from scaffold.projects.record import project_root

    if lock_files(project_root(start)):
        return ()
    return carry_out(plan_lock(system, start, index=index, backend=backend, announce=announce))
