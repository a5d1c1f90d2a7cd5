"""What is known of environment variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: Where a variable is set: in doctor's own process, a run configuration, a .env file, a shell script, code,
#: a container's or a launcher's settings.
Kind = Literal["process", "run-configuration", "env-file", "script", "code", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable in one place."""

    name: str
    value: str
    kind: Kind = "process"
    place: str = "environment"  # .run/train.run.xml:4, .env:2, run.sh:7
    late: bool = False  # in code, behind the import of the library that reads it
    computed: bool = False  # by code: the value is not known, and ``value`` is ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableFacts:
    """Every variable that one of our rules reads, in every place that was looked at."""

    found: tuple[Variable, ...] = ()
    unset: frozenset[str] = frozenset()  # told to be unset
    complete: bool = False  # of the process: what is not in ``found`` is not set

    def of(self, *names: str) -> Iterator[Variable]:
        """Every place that sets one of them."""
        return (one for one in self.found if one.name in names)

    def value(self, name: str) -> str | None:
        """What this process has; None where it is not set, or not known."""
        return next((one.value for one in self.of(name) if one.kind == "process"), None)

    def is_unset(self, name: str) -> bool:
        """Whether it is known that no place sets it."""
        return not any(self.of(name)) and (self.complete or name in self.unset)
