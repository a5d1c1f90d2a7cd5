"""Look it up on this machine."""

from __future__ import annotations

from scaffold.probing.interpreter.model import PythonFacts
from scaffold.probing.scene import Scene


def probe(scene: Scene) -> PythonFacts:  # noqa: ARG001
    """The facts for a target; never starts anything of it."""
    return PythonFacts()
