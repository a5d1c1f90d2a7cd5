"""What doctor asks and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scaffold.words import counted as counted  # noqa: PLC0414 - it is part of what checks have

Level = Literal["error", "warning", "info", "ok", "skipped", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observed fact: where it was read and what stood there."""

    source: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What cures it: commands that can be pasted, or a click path in ``text``."""

    text: str
    commands: tuple[tuple[str, ...], ...] = ()
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found: ``title`` in a sentence, ``detail`` with the facts that contradict each other."""

    id: str
    level: Level
    title: str
    detail: str = ""
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    not_the_cause: tuple[str, ...] = ()
    remedy: Remedy | None = None
    suppressed_by: str | None = None


def broken(check: object, problem: Exception) -> Finding:
    """A check that broke, as a finding: what it looks for is unknown then."""
    return Finding(
        id="doctor.check-failed",
        level="unknown",
        title=f"The check {getattr(check, '__name__', repr(check))} broke, so what it looks for is unknown",
        detail=f"{type(problem).__name__}: {problem}",
        cause="doctor-check-failed",
    )
