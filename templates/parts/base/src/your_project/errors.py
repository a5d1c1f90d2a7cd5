"""What a user may be told went wrong: one line, no traceback."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable


class ProjectError(Exception):
    """A problem that whoever runs the program can act on: bad settings, a missing or broken file.

    The message says what, where and what to do. A mistake in the program itself is any other exception, and
    keeps its traceback.
    """


class Interrupted(ProjectError):
    """The person stopped the program; the message says how to go on."""


#: what a full, read-only or closed disk says; any other OSError is a mistake of the program
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
#: how the frameworks call it when the memory of the device is full
MEMORY = frozenset({"OutOfMemoryError", "ResourceExhaustedError", "MemoryError"})


def run_program(body: Callable[[], object]) -> None:
    """Run the body of a program; where it cannot go on, end with one line on stderr and a fitting status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a console that cannot show a class's name shows a question mark; it must not end the training
            stream.reconfigure(errors="replace")
    try:
        body()
        if sys.stdout is not None:
            sys.stdout.flush()  # a reader who is gone is noticed here, not while Python shuts down
    except KeyboardInterrupt:
        _end("stopped", 130)
    except Interrupted as stop:
        _end(str(stop), 130)  # 128 + SIGINT, as shells count
    except BrokenPipeError:
        # whoever read the output has seen enough, as `head` has; what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None  # 128 + SIGPIPE, as shells count
    except ProjectError as problem:
        _end(f"error: {problem}", 1)
    except Exception as problem:
        if told := _told(problem):
            _end(f"error: {told}", 1)
        raise


def _told(problem: Exception) -> str:
    """Return what to do about a full disk or memory, "" for anything else."""
    if isinstance(problem, OSError) and problem.errno in DISK:
        return str(problem)
    if type(problem).__name__ in MEMORY:
        return "the memory is full: choose a smaller --batch-size or a smaller network"
    return ""


def _end(line: str, status: int) -> NoReturn:
    sys.stderr.write(f"{line}\n")
    raise SystemExit(status) from None
