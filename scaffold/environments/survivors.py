"""What a killed run started ends a moment after it (``installers/guard.py``): until then it may write."""

from __future__ import annotations

import time
from pathlib import Path

from scaffold.system import System

#: Seconds. It takes milliseconds; a process that hangs in the kernel does not write either.
PATIENCE = 5.0
_PAUSE = 0.02


def wait_for_survivors(location: Path, system: System) -> None:
    """Return when nothing works on an environment any more that a dead run started, or after `PATIENCE`.

    For the holder of the lock, before anything is put right. Linux tells which processes there are.
    """
    until = time.monotonic() + PATIENCE
    while _is_worked_on(location, system) and time.monotonic() < until:
        time.sleep(_PAUSE)


def _is_worked_on(location: Path, system: System) -> bool:
    for number in system.list_folder("/proc"):
        if number.isdecimal():
            argv = (system.read_text(f"/proc/{number}/cmdline") or "").split("\0")
            if any(one.endswith("guard.py") for one in argv) and any(str(location) in one for one in argv):
                return True
    return False
