"""What is to become of a file, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file, before and after."""

    path: str  # below the project's root
    before: bytes | None  # None: it is not there
    after: bytes | None  # None: it goes away
    reasons: tuple[str, ...]  # a sentence each, without a full stop
