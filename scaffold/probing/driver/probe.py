"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.driver.model import DriverFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> DriverFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return DriverFacts()
