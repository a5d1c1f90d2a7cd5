"""Who is at work on a project's environments; nothing is written to find out."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.environments.layout import lock_file
from scaffold.system import System

#: What scaffold is called in a message where the system does not tell the command.
_SOMEBODY = "another process"


def who_holds(root: Path, system: System) -> str:
    """``process 4711 (scaffold env sync)`` or ``another process``; "" where nobody holds the lock.

    For processes that do not hold it themselves.
    """
    path = lock_file(root)
    number = _named(path.with_suffix(".held"), system)
    if not number:
        if not path.is_file() or not _is_locked(path):
            return ""
        number = _holder(path, system)
    if not number:
        return _SOMEBODY
    command = in_words((system.read_text(f"/proc/{number}/cmdline") or "").split("\0"))
    return f"process {number} ({command})" if command else f"process {number}"


def _named(path: Path, system: System) -> int:
    """Whom the file names that stands for a lock where the file system knows none; 0 where it is dead."""
    first = (system.read_text(path) or "").partition("\n")[0].strip()
    lives = first.isdecimal() and (system.platform.os != "linux" or system.exists(f"/proc/{first}"))
    return int(first) if lives else 0


def _is_locked(path: Path) -> bool:
    """Asked for a share of the lock, which a reader gets at once where nobody holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return _is_taken(path)
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(stream, fcntl.LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:  # unreadable, or a file system that knows no locks
        return False
    return False


def _is_taken(path: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _holder(path: Path, system: System) -> int:
    """The process's number, as Linux tells it; 0 elsewhere, and of a process in another container."""
    try:
        inode = path.stat().st_ino
    except OSError:
        return 0
    return parse_locks(system.read_text("/proc/locks") or "", inode, os.getpid())


def parse_locks(text: str, inode: int, ourselves: int = 0) -> int:
    r"""The process that holds a file, of ``/proc/locks``; 0 where none is told.

    >>> parse_locks("1: FLOCK  ADVISORY  WRITE 4711 fd:01:1835031 0 EOF\n2: -> FLOCK\n", 1835031)
    4711
    """
    for row in text.splitlines():
        parts = row.split()
        same = len(parts) >= 6 and parts[5].rpartition(":")[2] == str(inode)
        if same and parts[4].isdecimal() and int(parts[4]) != ourselves:
            return int(parts[4])
    return 0


def in_words(command: list[str]) -> str:
    """A command as a user knows it.

    >>> in_words(["/e/bin/python", "-m", "scaffold", "env", "sync", "-y", ""])
    'scaffold env sync -y'
    >>> in_words(["/e/bin/python3.12", "/e/bin/scaffold", "new", "thing", ""])
    'scaffold new thing'
    """
    for number, part in enumerate(command[:4]):
        if Path(part).name.removesuffix(".exe") == "scaffold":
            return " ".join(("scaffold", *command[number + 1 :])).strip()
    return ""
