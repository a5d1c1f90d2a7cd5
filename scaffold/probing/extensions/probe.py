"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.extensions.model import ExtensionFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> ExtensionFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return ExtensionFacts()
