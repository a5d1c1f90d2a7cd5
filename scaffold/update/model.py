"""What was asked of `scaffold update`, what will happen, and what stands then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.drawing.blueprint import Account
from scaffold.projects.model import Record
from scaffold.threeway.engines import Engine
from scaffold.threeway.model import FileChange, Labels

if TYPE_CHECKING:
    from scaffold.threeway.staging import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest:
    """What the user asked for."""

    start: Path
    to: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    trust: bool = False  # a foreign template may run code
    rehearse: bool = False  # and does not yet: this is a dry run
    reject: bool = False  # conflicts into .rej files
    engine: Engine = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePlan:
    """All that will happen, decided."""

    root: Path
    record: Record  # as it is
    becomes: Record  # as it will be, less the files' digests
    labels: Labels
    changes: tuple[FileChange, ...]
    steps: tuple[Step, ...]  # what is written, the project's memory last
    loose: tuple[str, ...] = ()  # what git could not bring back
    notices: tuple[str, ...] = ()
    follow: tuple[tuple[str, ...], ...] = ()  # commands that bring the environment along
    account: Account = field(default_factory=Account)  # what is to be told of the rendering

    @property
    def conflicts(self) -> tuple[FileChange, ...]:
        """Files in which somebody must choose."""
        return tuple(one for one in self.changes if one.kind == "conflict")

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be written."""
        return not self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What stands after ``carry_out``."""

    written: int
    notices: tuple[str, ...] = ()  # what of the IDE's files could not follow
    kept: bool = True  # what was replaced: it can be taken back
