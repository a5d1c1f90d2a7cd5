"""Facts for `scaffold.probing.sources` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.sources.model import SourceFacts


def told(description: Told) -> SourceFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return SourceFacts()
