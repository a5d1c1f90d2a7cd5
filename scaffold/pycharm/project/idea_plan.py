"""What is to become of each file below ``.idea``: decided wholly before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Action = Literal["write", "merge", "unchanged", "keep", "set aside", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaFile:
    """One file. Paths are below the project's folder, with ``/``."""

    path: str
    action: Action
    content: bytes | None = None  # what it will hold, where that changes
    reasons: tuple[str, ...] = ()  # what changes, and what stays as somebody made it, a sentence each
    interpreter: str = ""  # why it names another interpreter than the environment's, or no longer does
    renamed: str = ""  # which name takes the place of which, where the file named an interpreter
    stays: bool = False  # another interpreter is somebody's choice
    backup: str = ""  # where its present content is copied to, before anything else
    before: bytes | None = None  # what it held when this was decided; None: it was not there

    @property
    def kept(self) -> bool:
        """Whether something of ours gives way to what a user chose."""
        return self.action == "keep" or self.stays


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPlan:
    """All files below ``.idea``; the same plan is shown by ``--dry-run`` and carried out."""

    root: Path
    files: tuple[IdeaFile, ...]
    record: bytes  # .idea/scaffold.json, once all of this is done
    under_way: bytes | None = None  # the record while files are written; None: it stays until then

    @property
    def changes(self) -> tuple[IdeaFile, ...]:
        """The files that will not be as they are."""
        return tuple(one for one in self.files if one.action not in {"unchanged", "keep"})

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should be told: interpreters that stay, files that were moved out of the way."""
        said = []
        for one in self.files:
            facts = [one.interpreter, *(one.reasons if one.action in {"keep", "set aside"} else ())]
            facts.append(f"as it was before in {one.backup}" if one.backup else "")
            if any(facts):
                said.append(f"{one.path}: {'; '.join(filter(None, facts))}")
        return tuple(said)
