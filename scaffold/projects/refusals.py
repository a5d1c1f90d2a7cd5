"""What an operating system answers when it does not let us write, as an error that a user can act on."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import ScaffoldError, TargetOccupied
from scaffold.files import not_written

_IN_USE = {errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST, errno.EXDEV}


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an `OSError` on the way to a project's folder into what it means for it."""
    try:
        yield
    except OSError as problem:
        raise _meaning(problem, folder) from problem


def _meaning(problem: OSError, folder: Path) -> ScaffoldError:
    if problem.errno in _IN_USE:
        return TargetOccupied(
            f"{folder} cannot be replaced: it is in use, or something came into it meanwhile",
            detail=(problem.strerror or str(problem),),
            hint="choose another name",
        )
    return not_written(folder, problem)
