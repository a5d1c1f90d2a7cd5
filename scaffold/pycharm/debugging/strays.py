"""Processes of a debugged program that have sessions of their own, such as torchrun's ranks."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable

from scaffold.pycharm.ide_processes import command_of
from scaffold.system import System


def end_strays(processes: Iterable[int], port: int, system: System) -> None:
    """End those that are ours still: the numbers come from the other side, and may be others' by now.

    Ours is one whose command line names the engine and our port. Where the system does not tell command
    lines (PowerShell is forbidden on Windows), none is touched.
    """
    for process in processes:
        command = command_of(system, process)
        if str(port) not in command or "pydevd" not in command:
            continue
        if system.platform.os == "windows":
            system.run(["taskkill", "/F", "/T", "/PID", str(process)], timeout=20.0)
        else:
            with contextlib.suppress(OSError):  # it has ended by itself
                os.kill(process, signal.SIGKILL)
