"""What the target's interpreter said, or how it died."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepFacts:
    """What the target's interpreter said, or how it died. None: unknown."""
