"""Shared libraries, their versions, and the order in which the loader finds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFacts:
    """Shared libraries, their versions, and the order in which the loader finds them. None: unknown."""
