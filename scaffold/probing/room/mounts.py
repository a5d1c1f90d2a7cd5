"""Which file system a folder lies on, by the kernel's table of mounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One row of /proc/mounts."""

    point: str
    file_system: str
    options: tuple[str, ...]


def mounts(text: str) -> tuple[Mount, ...]:
    r"""The rows of /proc/mounts; letters that would break a row are written there in octal.

    >>> mounts("tmpfs /dev/shm tmpfs rw,nosuid,size=65536k 0 0\n//nas/x /mnt/a\\040b cifs rw,noexec 0 0\n")[1]
    Mount(point='/mnt/a b', file_system='cifs', options=('rw', 'noexec'))
    """
    rows = (line.split(" ") for line in text.splitlines())
    return tuple(
        Mount(point=_plain(row[1]), file_system=row[2], options=tuple(row[3].split(",")))
        for row in rows
        if len(row) >= 4 and row[1].startswith("/")
    )


def mount_of(path: str, table: Sequence[Mount]) -> Mount | None:
    """The mount that a path lies on: the longest that leads to it, the last of those that hide each other."""
    best: Mount | None = None
    for one in table:
        leads = one.point in ("/", path) or path.startswith(f"{one.point}/")
        if leads and (best is None or len(one.point) >= len(best.point)):
            best = one
    return best


def _plain(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
