"""Facts for `scaffold.probing.interpreter` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.interpreter.model import PythonFacts


def told(description: Told) -> PythonFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return PythonFacts()
