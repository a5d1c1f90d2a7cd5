"""Run a program that dies with whoever asked for it. Stand-alone: standard library only, run by path.

    python -I -S guard.py PARENT_PID PROGRAM ARGUMENT ...

An installer that outlives a killed scaffold would go on writing into the environment while the next
run repairs it. Linux only has a call for that; elsewhere the program is simply run.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, argv: list[str]) -> None:
    """Become the program, tied to the parent's life."""
    if sys.platform == "linux":
        _die_with(parent)
    try:
        os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as refusal:
        sys.exit(f"{argv[0]}: {refusal.strerror}")


def _die_with(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
