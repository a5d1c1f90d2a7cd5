"""Places that no environment is made in, and things that are never written over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from scaffold.environments import layout
from scaffold.environments.discard import is_bare
from scaffold.environments.layout import Place
from scaffold.environments.model import EnvironmentPlan
from scaffold.environments.state import refuse_newer
from scaffold.errors import EnvironmentOccupied, NoSpace, OptionRefused
from scaffold.system import System


def refuse_place(place: Place) -> None:
    """All that is known before any work: raises OptionRefused, EnvironmentOccupied, ScaffoldError."""
    refuse_location(place.own_location)
    refuse_newer(place)
    refuse_occupied(place)


def refuse_location(location: Path) -> None:
    """Paths that no environment works in: scripts name it in their first line, PATH is split at a colon."""
    unusable = [
        name for sign, name in (("\n", "a line break"), ("\r", "a line break")) if sign in str(location)
    ]
    if os.name == "posix" and os.pathsep in str(location):
        unusable.append(f"a {os.pathsep!r}")
    if unusable:
        raise OptionRefused(
            f"No environment can work in a folder with {unusable[0]} in its path: {str(location)!r}",
            hint="choose another folder",
        )


def refuse_occupied(place: Place) -> None:
    """Whatever lies in the way and is no environment is the user's, and stays."""
    for folder in (place.own_location, *_between(place)):
        if folder.is_symlink():
            raise EnvironmentOccupied(
                f"{folder} is a symbolic link, and was left alone",
                detail=(f"it leads to {folder.resolve()}", *_waiting(place)),
                hint="remove the link, then run the same command again",
            )
    for folder in _between(place):
        if folder.exists() and not folder.is_dir():
            raise EnvironmentOccupied(
                f"{folder} is no folder, and was left alone",
                hint="move it away, then run the same command again",
            )
    location = place.own_location
    if not location.exists() or layout.is_environment(location):
        return
    if is_bare(location):
        return
    raise EnvironmentOccupied(
        f"{location} holds something that is not a Python environment, and was left alone",
        detail=_waiting(place),
        hint="move it away, then run the same command again",
    )


def _waiting(place: Place) -> tuple[str, ...]:
    """Of an environment that an interrupted run put aside."""
    if not place.restore_folder.exists():
        return ()
    said = f"the environment of before waits in {place.restore_folder}"
    return (f"{said}: it comes back as soon as {place.own_location} is out of the way",)


def _between(place: Place) -> tuple[Path, ...]:
    """The folders between the project and the environment."""
    return tuple(folder for folder in place.own_location.parents if place.root in folder.parents)


def refuse_without_space(plans: Sequence[EnvironmentPlan], system: System) -> None:
    """Raise NoSpace where the disk is too small for what the plans of one project bring together."""
    free, needed = system.disk_free(plans[0].root), sum(plan.disk_needed for plan in plans)
    if free is not None and free < needed:
        raise NoSpace(
            f"The environment needs about {_size(needed)} and {_size(free)} are free",
            detail=tuple(f"{plan.location}: {len(plan.downloads)} packages" for plan in plans),
            hint="free some space, or choose a folder on another disk",
        )


def _size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
