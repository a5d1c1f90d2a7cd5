"""A check of a template, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
class Problem:
    """What a check found, where a line alone does not say enough."""

    text: str  # what follows the file's name, where there is one
    path: str = ""  # the file, as the rendering calls it
    remedy: str = ""  # where the check's own does not fit

    def __str__(self) -> str:
        return f"{self.path}{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a check. One that was skipped has proved nothing."""

    check: Check
    status: Status
    reason: str = ""  # of a failure or a skip, a line
    output: tuple[str, ...] = ()  # evidence: problems, or the last lines of a program
    remedies: tuple[str, ...] = ()  # what to do about these very problems; none: as the check has it

    @property
    def remedy(self) -> str:
        """What to do where it failed."""
        return "; ".join(self.remedies) or self.check.remedy


def passed(check: Check) -> Row:
    """It holds."""
    return Row(check=check, status="passed")


def failed(check: Check, reason: str, output: Iterable[str] = ()) -> Row:
    """It does not, and this shows it; of a long output the end is kept."""
    return Row(check=check, status="failed", reason=reason, output=tuple(output)[-KEPT:])


def skipped(check: Check, reason: str) -> Row:
    """Nobody looked."""
    return Row(check=check, status="skipped", reason=reason)


def judged(check: Check, problems: Iterable[str | Problem]) -> Row:
    """Passed where there is no problem; of many, the first are shown, with what to do about those."""
    every = tuple(problems)
    if not every:
        return passed(check)
    found = every[:KEPT]
    more = f" and {len(every) - 1} more" if len(every) > 1 else ""
    remedies = ((one.remedy if isinstance(one, Problem) else "") or check.remedy for one in found)
    row = failed(check, f"{found[0]}{more}", map(str, found))
    return replace(row, remedies=tuple(dict.fromkeys(remedies)))
