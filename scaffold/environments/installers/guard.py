"""Run a program that dies with whoever asked for it. Stand-alone: standard library only, run by path.

    python -I -S guard.py PARENT_PID PROGRAM ARGUMENT ...

An installer that outlives a killed scaffold would go on writing into the environment while the next
run repairs it. Linux has a call for that. Elsewhere on POSIX we stay between the two and look every now
and then whether the parent lives: an orphan gets another one. Windows is not guarded (`tools.guarded`):
there a killed scaffold's installer ends by itself, and until then holds files that the next run cannot
move ("environment-in-use").
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h

#: Seconds between two looks; no person starts the next run sooner.
INTERVAL = 0.1


def main(parent: int, argv: list[str], *, can_be_tied: bool = sys.platform == "linux") -> None:
    """Become the program, tied to the parent's life, or watch over it."""
    try:
        if can_be_tied:
            _die_with(parent)
            os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
        sys.exit(watch_over(parent, argv))
    except OSError as refusal:
        sys.exit(f"{argv[0]}: {refusal.strerror}")


def _die_with(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)


def watch_over(parent: int, argv: list[str]) -> int:
    """The program's exit status; 128 and the signal where one ended it, as a shell tells it."""
    child = subprocess.Popen(argv)
    while (status := child.poll()) is None:
        if os.getppid() != parent:
            # It, what it started, and ourselves: scaffold gives each installer a session of its own.
            if os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)
            child.kill()
        time.sleep(INTERVAL)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
