"""A check of a template, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["passed", "failed", "skipped"]

#: Lines of a program's output, or problems, that a row keeps: the last ones say why it ended.
KEPT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is looked at."""

    id: str  # stable; one a run configuration for smoke:NAME
    proves: str  # what is true where it passes, a line
    remedy: str  # what to do where it fails
    slow: bool = False  # needs an environment with what the project needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a check. One that was skipped has proved nothing."""

    check: Check
    status: Status
    reason: str = ""  # of a failure or a skip, a line
    output: tuple[str, ...] = ()  # evidence: problems, or the last lines of a program


def passed(check: Check) -> Row:
    """It holds."""
    return Row(check=check, status="passed")


def failed(check: Check, reason: str, output: Iterable[str] = ()) -> Row:
    """It does not, and this shows it; of a long output the end is kept."""
    return Row(check=check, status="failed", reason=reason, output=tuple(output)[-KEPT:])


def skipped(check: Check, reason: str) -> Row:
    """Nobody looked."""
    return Row(check=check, status="skipped", reason=reason)


def judged(check: Check, problems: Iterable[str]) -> Row:
    """Passed where there is no problem; of many, the first are shown."""
    found = tuple(problems)
    if not found:
        return passed(check)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return failed(check, f"{found[0]}{more}", found[:KEPT])
