"""Facts for `scaffold.probing.room` out of a loose description."""

from __future__ import annotations

from scaffold.facts.told import Told
from scaffold.probing.room.model import RoomFacts


def told(description: Told) -> RoomFacts:  # noqa: ARG001
    """What the description tells; everything else stays unknown."""
    return RoomFacts()
