"""The user's code and project files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """The user's code and project files. None: unknown."""
