"""Settings of the network, and with --online what answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """Settings of the network, and with --online what answers. None: unknown."""
