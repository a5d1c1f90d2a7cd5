"""Compiled extensions and the tools that build them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFacts:
    """Compiled extensions and the tools that build them. None: unknown."""
