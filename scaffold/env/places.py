"""A project's environments by the names that a user gives them."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.layout import Place, places
from scaffold.errors import OptionRefused
from scaffold.projects.folders import FURTHER, MAIN


def shown_name(place: Place) -> str:
    """What to call an environment: ``.venv``, or a further one's own name."""
    return place.name or MAIN


def place_of(root: Path, name: str) -> Place:
    """The environment that a user means by ``.venv``, ``keras`` or ``.envs/keras``.

    Raises OptionRefused where the project has and had none of that name.
    """
    known = places(root)
    plain = name.replace("\\", "/").rstrip("/").removeprefix("./").removeprefix(f"{FURTHER}/")
    for place in known:
        if plain == shown_name(place):
            return place
    raise OptionRefused(
        f"The project has no environment of the name {name}",
        detail=(f"it has: {', '.join(shown_name(place) for place in known)}",),
        hint="see all of them: scaffold env list",
    )
