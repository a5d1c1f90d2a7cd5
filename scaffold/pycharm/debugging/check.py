"""Run a program under PyCharm's debugger, and say which breakpoints were hit and what was seen there."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable

from scaffold.errors import LaunchFailed
from scaffold.pycharm.debugging.model import DebugPlan, DebugReport, Ending
from scaffold.pycharm.debugging.protocol import Breakpoint
from scaffold.pycharm.debugging.python_command import debugged
from scaffold.pycharm.debugging.server import Hit, Server, find_point
from scaffold.pycharm.debugging.strays import end_strays
from scaffold.system import System

#: Seconds for the engine to connect: it is the first thing that the program's process does.
CONNECT_SECONDS = 60.0

#: Seconds that a program which need not come to its end goes on behind its hits: its workers stop, too.
AFTER_HIT = 2.0

#: Lines of the program's output that are kept, and characters of each.
TAIL = 40
TAIL_WIDTH = 500


def debug_environment(plan: DebugPlan, system: System) -> dict[str, str]:
    """The launch's variables and what PyCharm adds for its debugger.

    PYDEVD_LOAD_VALUES_ASYNC, which PyCharm sets, is left out: values would come as a promise, to be asked for
    again one by one.
    """
    environment = dict(plan.launch.environment)
    separator = ";" if system.platform.os == "windows" else ":"
    paths = (str(plan.engine.script.parent), environment.get("PYTHONPATH", ""), str(plan.launch.cwd))
    environment.update(
        PYTHONPATH=separator.join(filter(None, paths)),
        IDE_PROJECT_ROOTS=separator.join(map(str, plan.content_roots)),
        LIBRARY_ROOTS=separator.join(map(str, plan.library_roots)),
        IPYTHONENABLE="True",
        ASYNCIO_DEBUGGER_ENV="True",
        HALT_VARIABLE_RESOLVE_THREADS_ON_STEP_RESUME="True",
        USE_LOW_IMPACT_MONITORING="True",
    )
    return environment


def carry_out(
    plan: DebugPlan,
    system: System,
    *,
    on_line: Callable[[str], None] = lambda _: None,
    on_hit: Callable[[Hit], None] = lambda _: None,
    connect_seconds: float = CONNECT_SECONDS,
    after_hit: float = AFTER_HIT,
) -> DebugReport:
    """Run the program until it ends, was hit, or runs out of time.

    What it started ends with it: its process group (on Windows its tree), and of what has a session of its
    own whatever the debugger was connected to. The steps before it are not run here.
    Raises LaunchFailed where it cannot be started.
    """
    output, started = _Output(on_line), time.monotonic()
    points = dict.fromkeys(place.point for place in (*plan.places, *plan.start))
    try:
        with Server(points, system="WIN" if system.platform.os == "windows" else "UNIX") as server:
            connect_by = started + min(connect_seconds, plan.timeout)
            watch = _Watch(plan, server, on_hit, connect_by, after_hit)
            ending, status = _run(plan, system, watch, output, started + plan.timeout)
            problems = (*plan.launch.problems, *server.problems)
    except (OSError, ValueError) as refusal:
        raise LaunchFailed(
            f"{plan.name!r} cannot be started",
            detail=(str(refusal), f"command: {plan.launch.argv[0]}", f"folder: {plan.launch.cwd}"),
        ) from refusal
    return DebugReport(
        name=plan.name,
        engine=plan.engine,
        places=plan.places,
        hits=tuple(watch.hits),
        reached_start=watch.reached_start,
        connections=server.connections,
        ending=ending,
        status=status if ending == "itself" else None,
        seconds=round(time.monotonic() - started, 2),
        first_hit=None if watch.first_hit is None else round(watch.first_hit - started, 2),
        problems=problems,
        output=output.tail,
    )


def _run(
    plan: DebugPlan, system: System, watch: _Watch, output: _Output, deadline: float
) -> tuple[Ending, int | None]:
    """Start the program, and end all of it whatever happens; how it ended, and its status by then."""
    from scaffold.processes import beside

    launch = plan.launch
    ending: Ending = "timeout"
    try:
        with beside(
            debugged(launch.argv, plan.engine.script, watch.server.port),
            environment=debug_environment(plan, system),
            cwd=launch.cwd,
            standard_input=launch.standard_input,
            on_line=output.add,
        ) as child:
            try:
                ending = watch.until_end(child, deadline)
            finally:
                output.is_open = ending == "itself"  # what it says of being ended misleads
            return ending, child.poll()
    finally:
        for _ in range(5):  # who connected last says its number now
            watch.server.step(0.02)
        end_strays(watch.server.processes, watch.server.port, system)


class _Output:
    """The last lines that a program printed; filled by another thread."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.is_open = True
        self._lines: deque[str] = deque(maxlen=TAIL)
        self._on_line, self._lock = on_line, threading.Lock()

    def add(self, line: str) -> None:
        if not self.is_open:
            return
        with self._lock:
            self._lines.append(line[:TAIL_WIDTH])
        self._on_line(line)

    @property
    def tail(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._lines)


class _Watch:
    """Serves the debugger while the program runs, and decides when it has run long enough."""

    def __init__(
        self,
        plan: DebugPlan,
        server: Server,
        on_hit: Callable[[Hit], None],
        connect_by: float,
        after_hit: float,
    ) -> None:
        self.hits: list[Hit] = []
        self.reached_start = False
        self.first_hit: float | None = None
        self._reached: set[Breakpoint] = set()
        self._enough: float | None = None  # when so many places had been hit as the plan wants
        self.server = server
        self._plan, self._on_hit = plan, on_hit
        self._points = [place.point for place in plan.places]
        self._start = [place.point for place in plan.start]
        self._connect_by, self._after_hit, self._seen = connect_by, after_hit, 0

    def until_end(self, child: subprocess.Popen[str], deadline: float) -> Ending:
        while child.poll() is None:
            self.server.step(0.1)
            self._sort_hits()
            now = time.monotonic()
            if now >= deadline:
                return "timeout" if self.server.connections else "connect-timeout"
            if not self.server.connections and now >= self._connect_by:
                return "connect-timeout"
            if not self._plan.to_end and self._enough and now >= self._enough + self._after_hit:
                return "hit"
        for _ in range(20):  # what it said last is still on its way
            self.server.step(0.01)
        self._sort_hits()
        return "itself"

    def _sort_hits(self) -> None:
        for hit in self.server.hits[self._seen :]:
            if find_point(hit.point, self._points):
                now = time.monotonic()
                self._reached.add(hit.point)
                self.first_hit = self.first_hit or now
                if len(self._reached) >= self._plan.enough:
                    self._enough = self._enough or now
                self.hits.append(hit)
                self._on_hit(hit)
            if find_point(hit.point, self._start):
                self.reached_start = True
        self._seen = len(self.server.hits)
