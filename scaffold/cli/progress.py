"""How far a long step is: a bar on a terminal, a line now and then in a log, events for programs."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.output import Output, say
from scaffold.cli.text import can_show, size
from scaffold.words import shown

if TYPE_CHECKING:
    from scaffold.environments.model import Progress

#: Seconds between two lines where no bar can be drawn, and between two events of one step.
PAUSE = 5.0
EVENT_PAUSE = 0.5


class ProgressDisplay:
    """Shows `Progress` and step headings as the `Output` wants them; use it as a context manager.

    Words and bars go to standard error, events to standard output. ``clock`` counts seconds.
    """

    def __init__(
        self,
        output: Output | None = None,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from scaffold.environments.installers.progress import Rate

        self._mode = (output or Output("json" if quiet else "text")).mode
        self._clock, self._rate = clock, Rate()
        self._bar: Any = None
        self._task: Any = None
        self._heading = ""
        self._said = float("-inf")

    def __enter__(self) -> ProgressDisplay:
        if self._mode == "text" and sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """While this lasts the terminal is somebody else's, who may ask questions there."""
        if self._bar is not None:
            self._bar.stop()
        yield
        if self._bar is not None:
            self._bar.start()

    def announce(self, text: str) -> None:
        """A new step begins."""
        if self._mode == "lines":
            from scaffold.cli.events import emit

            emit("step", text=text)
        elif self._mode == "text" and self._bar is not None:
            self._heading = text
            self._restart(shown(text), total=0)
        elif self._mode == "text":
            say(f"{'…' if can_show('…') else '...'} {text}", err=True)

    def report(self, progress: Progress) -> None:
        """A step has gone on."""
        if self._mode not in ("text", "lines"):
            return
        self._rate.add(self._clock(), progress)
        if self._bar is not None:
            self._draw(progress)
        elif self._is_due(progress):
            self._tell(progress)

    def _is_due(self, progress: Progress) -> bool:
        """Every new step, every end, and what lies between them at intervals."""
        now, heading = self._clock(), _heading(progress)
        pause = EVENT_PAUSE if self._mode == "lines" else PAUSE
        ended = progress.total > 0 and progress.done >= progress.total
        if heading == self._heading and not ended and now - self._said < pause:
            return False
        self._heading, self._said = heading, now
        return True

    def _tell(self, progress: Progress) -> None:
        speed, remaining = self._rate.speed, self._rate.remaining
        if self._mode == "lines":
            from scaffold.cli.events import emit, progress_event

            emit("progress", **progress_event(progress, speed, remaining))
            return
        click.echo(f"  {words(progress, speed, remaining)}", err=True)

    def _draw(self, progress: Progress) -> None:
        heading = _heading(progress)
        if heading != self._heading:
            self._heading = heading
            self._restart(heading, total=progress.total)
        self._bar.update(
            self._task,
            description=_under_way(progress),
            completed=progress.done,
            total=progress.total or None,
            amount=amount(progress),
            pace=pace(self._rate.speed, self._rate.remaining),
        )

    def _restart(self, text: str, *, total: int) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(text, total=total or None, amount="", pace="")


def words(progress: Progress, speed: float | None, remaining: float | None) -> str:
    """One line of a log: ``Downloading torch 120 of 412 MB, 11 MB/s, 27 s left``."""
    told = ", ".join(filter(None, (amount(progress), pace(speed, remaining))))
    return f"{_under_way(progress)} {told}".rstrip()


def amount(progress: Progress) -> str:
    """``120 MB of 412 MB``, ``12 of 61 packages``, or nothing."""
    if progress.unit == "bytes":
        about = "about " if progress.estimated else ""
        done = f"{about}{size(progress.done)}"
        return f"{done} of {size(progress.total)}" if progress.total else done
    if progress.unit and progress.total:
        return f"{progress.done} of {progress.total} {progress.unit}"
    return ""


def pace(speed: float | None, remaining: float | None) -> str:
    """``11 MB/s, 27 s left``, or as much of it as is known.

    >>> pace(11.2e6, 95.0), pace(None, None)
    ('11 MB/s, 1:35 min left', '')
    """
    told = [f"{size(round(speed))}/s"] if speed else []
    return ", ".join([*told, f"{duration(remaining)} left"] if remaining is not None else told)


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(27.4), duration(95), duration(4000)
    ('27 s', '1:35 min', '1:06 h')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


def _heading(progress: Progress) -> str:
    """What stays the same while a step goes on: another package under way is no new step."""
    return progress.step if progress.step == "download" else progress.message


def _under_way(progress: Progress) -> str:
    """The message, and at most three of the packages under way."""
    if not progress.packages:
        return progress.message
    shown = ", ".join(progress.packages[:3])
    more = len(progress.packages) - 3
    return f"{progress.message} {shown}" + (f" and {more} more" if more > 0 else "")


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    # The default spinner is drawn with Braille dots, which not every terminal's encoding holds.
    spinner = SpinnerColumn("dots" if can_show("⠋") else "line")
    return Progress(
        spinner,
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[amount]}"),
        TextColumn("{task.fields[pace]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
