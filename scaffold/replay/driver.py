"""Facts for `scaffold.probing.driver` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.driver.model import DriverFacts


def told(description: Told) -> DriverFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return DriverFacts()
