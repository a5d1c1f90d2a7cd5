"""What ``--fix`` would do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.pycharm.mending.model import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class MendPlan:
    """Files that change, and what becomes of the project's environments."""

    root: Path | None  # None: this is no project
    changes: tuple[Change, ...] = ()
    backups: Path | None = None  # where the files are kept as they were
    open: tuple[str, ...] = ()  # IDEs that may write their own state over modules that change
    environment: Literal["", "sync", "create"] = ""
    cures: tuple[str, ...] = ()  # ids of the findings that this is for

    def __bool__(self) -> bool:
        return bool(self.changes or self.environment)
