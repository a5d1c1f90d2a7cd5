"""A file of settings that somebody else may write at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scaffold.errors import IdeRunning
from scaffold.files import read_present

#: How often a file may change while its new content is made.
_TRIES = 5


def settled(path: Path, make: Callable[[], bytes]) -> tuple[bytes | None, bytes]:
    """What stands in a file (None: there is none), and what ``make`` makes of exactly that.

    ``make`` reads the file itself; where it changed meanwhile, it is made anew. Raises IdeRunning for one
    that keeps changing, NoPermission, and what ``make`` raises.
    """
    for _ in range(_TRIES):
        before = read_present(path)
        content = make()
        if read_present(path) == before:
            return before, content
    raise IdeRunning(
        f"{path} keeps changing: somebody else writes it",
        hint="close PyCharm and whatever changes its settings, and try again",
    )
