"""Child processes that can hang, flood or crash without taking this one along."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from scaffold.system import Completed, joined


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    timeout: float | None,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program; kill it and all it started after ``timeout`` seconds, or when we are interrupted."""
    command, started = joined(argv), time.monotonic()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if on_line else subprocess.PIPE,
            env=None if environment is None else dict(environment),
            cwd=cwd,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
        )
    except FileNotFoundError:
        return Completed(argv=command, outcome="missing")
    except (OSError, ValueError) as refusal:  # not executable, wrong format, NUL in an argument
        return Completed(argv=command, outcome="refused", stderr=str(refusal))
    _alive.add(process)
    timer = _Timer(process, timeout)
    try:
        stdout, stderr = _communicate(process, on_line)
    except BaseException:
        _kill(process)
        raise
    finally:
        timer.cancel()
        _alive.discard(process)
    return Completed(
        argv=command,
        outcome="timeout" if timer.expired else "exited",
        status=None if timer.expired else process.returncode,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - started,
    )


#: What `run` is waiting for, in every thread.
_alive: set[subprocess.Popen[str]] = set()


def end_all() -> None:
    """Kill every program that a call of `run` waits for, in whatever thread.

    For an interrupted caller: Ctrl-C reaches the main thread only, and the programs have sessions of
    their own.
    """
    for process in tuple(_alive):
        _kill(process)


def _communicate(process: subprocess.Popen[str], on_line: Callable[[str], None] | None) -> tuple[str, str]:
    if on_line is None:
        return process.communicate()
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        on_line(line.rstrip("\n"))
    process.wait()
    return "".join(lines), ""


class _Timer:
    """Kills a process that outlasts its time."""

    def __init__(self, process: subprocess.Popen[str], seconds: float | None) -> None:
        self.expired = False
        self._process = process
        self._timer = None if seconds is None else threading.Timer(seconds, self._expire)
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def _expire(self) -> None:
        self.expired = True
        _kill(self._process)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill the whole session on POSIX (uv and pip start children), the process alone on Windows."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it may be gone already
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


@contextlib.contextmanager
def beside(
    argv: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    standard_input: Path | None = None,
    on_line: Callable[[str], None],
) -> Iterator[subprocess.Popen[str]]:
    """A program that runs beside us; when the block is left, by whatever way, it and all it started end.

    What it prints is handed over line by line, by a thread of its own. It is asked to end first, so that it
    can end what has a session of its own (torchrun's ranks), and killed after `GRACE` seconds.
    Raises OSError and ValueError where it cannot be started.
    """
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(standard_input.open("rb")) if standard_input else subprocess.DEVNULL
        child = subprocess.Popen(
            joined(argv),
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=cwd,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
        )
    reader = threading.Thread(target=_hand_on, args=(child, on_line), daemon=True)
    reader.start()
    try:
        yield child
    finally:
        if child.poll() is None:
            _end(child)
        reader.join(timeout=1.0)  # a grandchild may hold the pipe open for ever


#: Seconds that a program gets to end what it started.
GRACE = 5.0


def _hand_on(child: subprocess.Popen[str], on_line: Callable[[str], None]) -> None:
    assert child.stdout is not None
    with contextlib.suppress(ValueError, OSError), child.stdout:
        for line in child.stdout:
            on_line(line.rstrip("\n"))


def _end(child: subprocess.Popen[str]) -> None:
    try:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(child.pid, signal.SIGTERM)
            else:  # a process has no group there; its tree is known as long as it lives
                tree = ("taskkill", "/T", "/F", "/PID", str(child.pid))
                subprocess.run(tree, check=False, capture_output=True)
        child.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _kill(child)


def hand_over(
    argv: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    standard_input: Path | None = None,
) -> int:
    """Let a program take our place: our terminal, our signals, our exit status.

    On POSIX it replaces this process and the call does not return; so Ctrl-C, a stop by a batch
    system and job control reach it as if it had been typed. Windows has no such call: there it is
    a child, and its exit status is returned. Raises OSError where it cannot be started.
    """
    command = list(joined(argv))
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(standard_input.open("rb")) if standard_input else None
        if os.name == "posix":
            if source is not None:
                os.dup2(source.fileno(), 0)
            _become(command, environment, cwd)
        return _outlast(subprocess.Popen(command, env=dict(environment), cwd=cwd, stdin=source))


def _become(command: list[str], environment: Mapping[str, str], cwd: Path) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(cwd)
    os.execve(command[0], command, dict(environment))  # noqa: S606 - an argv list, as everywhere here


def _outlast(child: subprocess.Popen[bytes]) -> int:
    """The child's exit status. Ctrl-C reaches it from the console, and it decides what to make of it."""
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return child.wait()


#: Seconds in which a program that cannot run has ended.
SOON = 1.0


def start_detached(
    argv: Sequence[str | os.PathLike[str]], *, environment: Mapping[str, str], cwd: Path
) -> tuple[int, int | None]:
    """Start a program that lives on without us; its number, and its status where it ended at once.

    Ctrl-C and a closed terminal do not reach it. Raises OSError and ValueError where it cannot be started.
    """
    apart = 0 if os.name == "posix" else 0x00000008 | 0x00000200  # DETACHED_PROCESS, a group of its own
    child = subprocess.Popen(
        list(joined(argv)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        cwd=cwd,
        start_new_session=os.name == "posix",
        creationflags=apart,
    )
    try:
        return child.pid, child.wait(timeout=SOON)
    except subprocess.TimeoutExpired:
        child.returncode = 0  # it is nobody's child from here on: no warning when it is forgotten
        return child.pid, None
