"""The command that makes a project's environment again. A lock must not be led away from by advice."""

from __future__ import annotations

from pathlib import Path

from scaffold.environments.locking.read import lock_files

CREATE = ("scaffold", "env", "create")
SYNC = ("scaffold", "env", "sync")


def is_locked(root: Path) -> bool:
    """Whether the project holds any lock."""
    return bool(lock_files(root))


def remake_command(root: Path) -> tuple[str, ...]:
    """Exactly the lock where the project holds one; else what is resolved anew."""
    return SYNC if is_locked(root) else CREATE


def remake_hint(root: Path, *options: str) -> str:
    """The same as it is typed."""
    return " ".join((*remake_command(root), *options))
