"""Facts for `scaffold.probing.libraries` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.libraries.model import LibraryFacts


def told(description: Told) -> LibraryFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return LibraryFacts()
