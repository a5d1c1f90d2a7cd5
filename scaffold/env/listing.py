"""``scaffold env list`` and ``scaffold env show``: what environments a project has."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.condition.inventory import Listed
from scaffold.errors import LaunchFailed
from scaffold.system import System


def list_environments(system: System, start: Path) -> tuple[Listed, ...]:
    """Every environment that the project around ``start`` has, or had begun. Raises NotAProject."""
    from scaffold.environments.condition.inventory import listed
    from scaffold.environments.layout import places
    from scaffold.projects.record import project_root

    return tuple(listed(place, system) for place in places(project_root(start)))


def show_environment(system: System, start: Path, name: str | None = None) -> Listed:
    """One environment, the project's own where no name is given.

    Raises NotAProject, OptionRefused for an unknown name, LaunchFailed where it is not there.
    """
    from scaffold.env.places import place_of
    from scaffold.environments.condition.inventory import listed
    from scaffold.environments.remaking import remake_hint
    from scaffold.projects.folders import MAIN
    from scaffold.projects.record import project_root

    root = project_root(start)
    found = listed(place_of(root, name or MAIN), system)
    if not found.python and found.standing in ("missing", "no environment", "unfinished"):
        raise LaunchFailed(
            f"the project has no environment: {found.location} is not there or is none",
            hint=f"make it: {remake_hint(root)}",
            code="environment-missing",
        )
    return found
