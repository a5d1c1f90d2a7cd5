"""Facts for `scaffold.probing.network` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.network.model import NetworkFacts


def told(description: Told) -> NetworkFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return NetworkFacts()
