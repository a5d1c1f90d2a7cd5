"""Facts for `scaffold.probing.variables` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.variables.model import VariableFacts


def told(description: Told) -> VariableFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return VariableFacts()
