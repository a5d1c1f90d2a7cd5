"""Links: whether a path is one, and where none may be."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

#: The folder of a project in which everything is ours.
OURS = ".scaffold"


def is_link(path: Path) -> bool:
    """Whether a path is a link, or a junction of Windows, to wherever."""
    try:
        found = path.lstat()
    except OSError:
        return False
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", None) == (junction or "none")


def refuse_link_of_ours(path: Path) -> None:
    """Raise OSError where a link stands on the way to what is ours in a project, from `OURS` on.

    It came with a clone or by mistake: whoever writes there must not write to wherever it leads.
    """
    parts = path.parts
    if OURS not in parts:
        return
    first = len(parts) - parts[::-1].index(OURS)
    link = next((one for end in range(first, len(parts) + 1) if is_link(one := Path(*parts[:end]))), None)
    if link is not None:
        raise OSError(errno.ELOOP, "it is a link, which scaffold does not follow there", os.fspath(link))
