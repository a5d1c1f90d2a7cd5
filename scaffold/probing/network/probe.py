"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.network.model import NetworkFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> NetworkFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return NetworkFacts()
