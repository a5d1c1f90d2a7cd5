"""Limits of processes, disks, paths and file systems."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """Limits of processes, disks, paths and file systems. None: unknown."""
