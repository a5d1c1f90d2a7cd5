"""Facts for `scaffold.probing.packages` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.packages.model import PackageFacts


def told(description: Told) -> PackageFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return PackageFacts()
