"""Remove an environment: what scaffold made, or what the user says may go, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scaffold.environments.adopt import refuse_adopted
from scaffold.environments.condition.usage import Usage, usage
from scaffold.environments.discard import put_away, remove_tree
from scaffold.environments.layout import Place, is_environment
from scaffold.environments.proving.proofs import forget_proofs
from scaffold.environments.state import is_ours, is_unfinished, read_state, recover, refuse_newer, write_state
from scaffold.errors import EnvironmentOccupied, LaunchFailed
from scaffold.projects.folders import MAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePlan:
    """What `remove` will delete."""

    place: Place
    location: Path
    is_ours: bool  # scaffold wrote down that it made it
    usage: Usage


def plan_removal(place: Place, *, foreign: bool) -> RemovePlan:
    """Look at what would go. ``foreign``: the user says that it need not be of scaffold's making.

    Raises LaunchFailed (environment-missing) where nothing is there, EnvironmentOccupied for what is no
    environment, is a link, lies outside of the project, is the user's own, or was not made by scaffold.
    """
    refuse_newer(place)
    refuse_adopted(place, "remove")
    location, state = place.own_location, read_state(place)
    there = location.exists() or location.is_symlink() or place.restore_folder.exists()
    if not there and state is None:
        raise LaunchFailed(
            f"the project has no environment {place.name or MAIN}: {location} is not there",
            hint="see what it has: scaffold env list",
            code="environment-missing",
        )
    _refuse_elsewhere(place)
    if location.exists() and not is_environment(location) and not is_unfinished(location):
        waits = place.restore_folder.exists()
        raise EnvironmentOccupied(
            f"{location} is no Python environment, and was left alone",
            detail=(f"the environment of before waits in {place.restore_folder}",) if waits else (),
            hint="move it away, then run the same command again"
            if waits
            else "delete it yourself if you do not need it",
            code="environment-not-one",
        )
    if location.exists() and not is_ours(place) and not is_unfinished(location) and not foreign:
        raise EnvironmentOccupied(
            f"Nobody wrote down that scaffold made {location}, so it was left alone",
            hint=f"to remove it all the same: scaffold env remove {place.name or MAIN} --foreign",
            code="environment-not-ours",
        )
    return RemovePlan(
        place=place,
        location=location,
        is_ours=is_ours(place) or is_unfinished(location),
        usage=usage(location, place.restore_folder),
    )


def remove(plan: RemovePlan) -> None:
    """Remove the environment; what is known of it goes, too. Needs the project's lock.

    A kill at any moment leaves it whole or gone; then the same command again clears away what is left.
    Raises EnvironmentBusy where a program on Windows uses it, NoPermission.
    """
    place = plan.place
    recover(place)  # what an interrupted run put aside comes back, and goes with the rest
    away = put_away(place.root, place.own_location)
    write_state(place, None)
    forget_proofs(place)
    remove_tree(away)


def _refuse_elsewhere(place: Place) -> None:
    """A link must not lead us out of the project."""
    location = place.own_location
    if location.is_symlink():
        raise EnvironmentOccupied(
            f"{location} is a symbolic link, and was left alone",
            detail=(f"it leads to {location.resolve()}",),
            hint="remove the link yourself",
            code="environment-is-link",
        )
    if not location.parent.resolve().is_relative_to(place.root.resolve()):
        raise EnvironmentOccupied(
            f"{location} lies outside of the project, and was left alone",
            detail=(f"it is {location.resolve()}",),
            hint="remove the link on the way there yourself",
            code="environment-elsewhere",
        )
