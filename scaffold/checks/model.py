"""What doctor asks and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


def counted(number: int, thing: str) -> str:
    """``1 error``, ``2 errors``; the plural is the regular one.

    >>> counted(1, "error"), counted(0, "error")
    ('1 error', '0 errors')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


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
