"""Run a program that dies with whoever asked for it. Stand-alone: standard library only, run by path.

    python -I -S guard.py PARENT_PID PROGRAM ARGUMENT ...

What outlives a killed scaffold, an installer, the build backend that it started, or a framework that is
being proved, would go on writing into the environment while the next run repairs it. We stay between the
two, in a session of our own (`scaffold.processes`), and end all of it when the parent dies: Linux tells us
of that at once; elsewhere on POSIX we look every now and then, for an orphan gets another parent. Windows
is not guarded (`tools.guarded`): there a killed scaffold's children end by themselves, and until then hold
files that the next run cannot move ("environment-in-use").
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h

#: Seconds between two looks; no person starts the next run sooner.
INTERVAL = 0.1

#: Of a program that could not be started, as `env` and shells have it.
NOT_STARTED = 127


def main(parent: int, argv: list[str], *, can_be_tied: bool = sys.platform == "linux") -> None:
    """Run the program, and end as it ends: with its status, or by the signal that ended it."""
    tie = _tie() if can_be_tied else None
    if tie is not None:
        signal.signal(signal.SIGTERM, lambda *_: end_all())
        tie(signal.SIGTERM)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    try:
        status = watch_over(parent, argv, tie)
    except OSError as refusal:
        sys.stderr.write(f"{argv[0]}: {refusal.strerror}\n")
        sys.exit(NOT_STARTED)
    if status < 0:
        _end_by(-status)
    sys.exit(status)


def watch_over(parent: int, argv: list[str], tie: Callable[[int], Any] | None = None) -> int:
    """The program's exit status; negative is the number of the signal that ended it."""
    if tie is not None:  # whoever kills us kills it, too
        child = subprocess.Popen(argv, preexec_fn=lambda: tie(signal.SIGKILL))  # noqa: PLW1509 - no threads
        return child.wait()
    child = subprocess.Popen(argv)
    while True:
        try:
            return child.wait(INTERVAL)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                end_all(child)


def end_all(child: subprocess.Popen[bytes] | None = None) -> None:
    """The program, what it started, and ourselves."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    if child is not None:
        child.kill()
    sys.exit(1)


def _tie() -> Callable[[int], Any] | None:
    """Sets the signal that this process gets when its parent dies; None where there is no such call."""
    import ctypes

    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    return lambda number: prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _end_by(number: int) -> None:
    """By a signal, without a second core file."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # SIGKILL has no handler
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
