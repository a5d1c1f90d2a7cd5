"""What the last update left for its user to do, as it noted itself: cheap to ask, for it says where to look.

The notes are this machine's, and not believed further than that: each path is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.files import read_regular
from scaffold.results import read_json
from scaffold.threeway.places import JOURNAL, LAST

if TYPE_CHECKING:
    from scaffold.threeway.model import FileChange

#: Bytes. Of a larger file nobody wants a line that holds a program up.
_LARGEST = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Paths with conflict markers, and paths of the template that something is in the way of, with why."""

    marked: tuple[PurePosixPath, ...] = ()
    waiting: Mapping[PurePosixPath, str] = field(default_factory=dict)


def noted(changes: Iterable[FileChange]) -> Mapping[str, Any]:
    """For the journal, from which `leftovers` reads it."""
    rows = tuple(changes)
    return {
        "marked": [str(one.path) for one in rows if one.marked],
        "waiting": {str(one.path): one.reasons[-1] for one in rows if one.waits},
    }


def leftovers(root: Path) -> Leftovers:
    """What the last update noted; nothing where it was taken back, or its notes cannot be read."""
    try:
        about = read_json(read_regular(root / LAST / JOURNAL))["about"]
        if about.get("undone"):
            return Leftovers()
        marked, waiting = map(str, about.get("marked", ())), about.get("waiting", {}).items()
        return Leftovers(
            marked=tuple(PurePosixPath(one) for one in marked if _is_inside(one)),
            waiting={PurePosixPath(one): str(why) for one, why in waiting if _is_inside(one)},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Leftovers()


def first_marker(root: Path) -> tuple[PurePosixPath, int] | None:
    """The first file with markers that the last update left there, and the line of the first one."""
    found = leftovers(root)
    if not found.marked:
        return None
    from scaffold.threeway.unresolved import marked_line

    for path in found.marked:
        try:
            line = marked_line(read_regular(root / path, _LARGEST))
        except OSError:
            continue
        if line:
            return path, line
    return None


def _is_inside(path: str) -> bool:
    from scaffold.projects.snapshot import outside

    return not outside(PurePosixPath(path))
