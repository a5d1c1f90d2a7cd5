"""A program that nobody trusts: watched while it runs, ended in time, with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scaffold.system import joined

#: Seconds between two looks.
INTERVAL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How it ended."""

    status: int | None  # negative: the signal that killed it; None where we did
    stopped: str = ""  # why we did


def run_watched(
    argv: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    seconds: float | None,
    output: Path | None,
    errors: Path | None = None,
    wrong: Callable[[], str] = str,
) -> Watched:
    """Run a program until it ends, its time is over, or ``wrong`` says why it must not go on.

    What it prints goes to the file ``output``, and it can ask nothing; without one the terminal is its own,
    for a person to answer it. What it complains of goes there, too, or to the file ``errors``. Raises
    OSError where it cannot be started.
    """
    with _stream(output) as stream, _stream(errors) as complaints:
        child = subprocess.Popen(
            joined(argv),
            stdin=None if output is None else subprocess.DEVNULL,
            stdout=stream,
            stderr=complaints or (None if output is None else subprocess.STDOUT),
            env=dict(environment),
            cwd=cwd,
            start_new_session=_apart(output),
        )
    try:
        stopped = _awaited(child, seconds, wrong)
    finally:
        _end(child, group=_apart(output))
    return Watched(status=None if stopped else child.returncode, stopped=stopped)


def _apart(output: Path | None) -> bool:
    """Whether it has a session of its own: the terminal would be lost to it there."""
    return output is not None and os.name == "posix"


@contextlib.contextmanager
def _stream(output: Path | None) -> Iterator[IO[bytes] | None]:
    if output is None:
        yield None
        return
    with output.open("wb") as stream:
        yield stream


def _awaited(child: subprocess.Popen[bytes], seconds: float | None, wrong: Callable[[], str]) -> str:
    """Why it has to be stopped; "" where it ended by itself."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=INTERVAL)
            return wrong()
        why = wrong()
        if why:
            return why
        if end is not None and time.monotonic() > end:
            return f"it was not done within {seconds:g} seconds"


def _end(child: subprocess.Popen[bytes], *, group: bool) -> None:
    """Whatever is left of it, the children that outlived it too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(child.pid, signal.SIGKILL)
        elif os.name == "nt" and child.poll() is None:
            tree = ("taskkill", "/T", "/F", "/PID", str(child.pid))
            subprocess.run(tree, check=False, capture_output=True)
        elif child.poll() is None:
            child.kill()
    child.wait()
