"""Programs that run at the same time, until all have ended or somebody stops them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from scaffold.errors import Interrupted, LaunchFailed
from scaffold.processes import beside
from scaffold.pycharm.model import Launch
from scaffold.shell import line
from scaffold.sources.keys import shown_arguments

#: Seconds between two looks at what still runs.
PAUSE = 0.1

#: Seconds in which a program that was interrupted may save what it has; a second Ctrl-C ends the wait.
PATIENCE = 30.0


def run_side_by_side(launches: Sequence[Launch], say: Callable[[str, str], None]) -> int:
    """Start all at once and wait for all; the worst of their exit statuses.

    ``say`` gets the name of a program and a line that it printed, from a thread for each of them. Ctrl-C
    reaches every program, and the answer is then that of an interruption. Raises LaunchFailed where one
    cannot be started; those that were are ended.
    """
    with contextlib.ExitStack() as stack:
        children: list[tuple[str, subprocess.Popen[str]]] = []
        try:
            with _ctrl_c_waits():
                children.extend((one.name, stack.enter_context(_started(one, say))) for one in launches)
            return max(_wait(children, say))
        except KeyboardInterrupt:
            _interrupt(children, say)
            return Interrupted.exit_status


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Let a Ctrl-C wait until all are started: between a start and our note of it, it would miss that one."""
    pressed: list[int] = []
    # where another signal is made a KeyboardInterrupt too; only the main thread may change what a signal does
    ours = threading.current_thread() is threading.main_thread()
    # not all of signal.Signals: Windows counts console events among them, which have no handler
    known = signal.valid_signals() if ours else ()
    numbers = [one for one in known if signal.getsignal(one) is signal.default_int_handler]
    for number in numbers:
        signal.signal(number, lambda received, _: pressed.append(received))
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _started(launch: Launch, say: Callable[[str, str], None]) -> Iterator[subprocess.Popen[str]]:
    child = beside(
        launch.argv,
        environment=launch.environment,
        cwd=launch.cwd,
        standard_input=launch.standard_input,
        on_line=lambda line: say(launch.name, line),
    )
    with contextlib.ExitStack() as stack:
        try:
            process = stack.enter_context(child)
        except (OSError, ValueError) as refusal:
            raise not_started(launch, refusal) from refusal
        yield process


def _wait(
    children: Sequence[tuple[str, subprocess.Popen[str]]], say: Callable[[str, str], None]
) -> list[int]:
    """Exit statuses, in the order of the children; who ends first is told, as the others go on."""
    running = dict(children)
    while running:
        for name, child in tuple(running.items()):
            status = child.poll()
            if status is None:
                continue
            del running[name]
            left = f"; still running: {', '.join(running)} (Ctrl-C ends it)" if running else ""
            say(name, f"[ended with status {_shell_status(status)}{left}]")
        time.sleep(PAUSE if running else 0)
    return [_shell_status(child.returncode) for _, child in children]


def _shell_status(status: int) -> int:
    """As a shell counts: 128 and the signal's number for what a signal ended."""
    return 128 - status if status < 0 else status


def _interrupt(
    children: Sequence[tuple[str, subprocess.Popen[str]]], say: Callable[[str, str], None]
) -> None:
    """Pass Ctrl-C on and wait; what is left afterwards, or at a second Ctrl-C, is ended by `beside`."""
    # started in the background by a shell, we ignore Ctrl-C, and so do they: we were told by another signal
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    for name, child in children:
        if child.poll() is None:
            say(name, "[interrupted; Ctrl-C again ends it at once]")
        # on Windows they sit at the same console, and have been told already
        if os.name == "posix" and child.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGTERM if ignored else signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    with contextlib.suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
        for _, child in children:
            child.wait(timeout=max(0.0, deadline - time.monotonic()))


def run_first(steps: Sequence[Launch], say: Callable[[str, str], None]) -> None:
    """Run one after the other. Raises LaunchFailed at the first that fails: there the IDE stops, too."""
    for step in steps:
        status = run_side_by_side([step], say)
        if status == Interrupted.exit_status:
            raise KeyboardInterrupt
        if status:
            raise LaunchFailed(f"{step.name!r} runs before it, and ended with status {status}")


def not_started(launch: Launch, refusal: Exception) -> LaunchFailed:
    """What the operating system answered to the start of a program."""
    return LaunchFailed(
        f"{launch.name!r} cannot be started",
        detail=(str(refusal), f"command: {' '.join(shown_arguments(launch.argv))}", f"folder: {launch.cwd}"),
        hint=f"See what it would start:  {line('scaffold', 'run', launch.name, '--print')}",
    )
