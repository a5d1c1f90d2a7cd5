"""Facts for `scaffold.probing.extensions` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.extensions.model import ExtensionFacts


def told(description: Told) -> ExtensionFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return ExtensionFacts()
