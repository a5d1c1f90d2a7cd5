"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.packages.model import PackageFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> PackageFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return PackageFacts()
