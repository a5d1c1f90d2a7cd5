"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.libraries.model import LibraryFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> LibraryFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return LibraryFacts()
