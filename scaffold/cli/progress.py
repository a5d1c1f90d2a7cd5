"""How far a long step is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.text import can_show, size

if TYPE_CHECKING:
    from scaffold.environments.model import Progress

#: Seconds between two lines where no bar can be drawn.
PAUSE = 5.0


class ProgressDisplay:
    """Shows `Progress` and step headings on standard error; use it as a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._step = ""
        self._last = 0.0

    def __enter__(self) -> ProgressDisplay:
        if not self._quiet and sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def announce(self, text: str) -> None:
        """A new step begins."""
        if self._quiet:
            return
        if self._bar is not None:
            self._step = text
            self._restart(text, total=0)
        else:
            click.echo(f"{'…' if can_show('…') else '...'} {text}", err=True)

    def report(self, progress: Progress) -> None:
        """A step has gone on."""
        if self._quiet:
            return
        if self._bar is None:
            self._log(progress)
            return
        if progress.message != self._step:
            self._step = progress.message
            self._restart(progress.message, total=progress.total)
        self._bar.update(
            self._task, completed=progress.done, total=progress.total or None, amount=amount(progress)
        )

    def _restart(self, text: str, *, total: int) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(text, total=total or None, amount="")

    def _log(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.message == self._step and now - self._last < PAUSE:
            return
        self._step, self._last = progress.message, now
        click.echo(f"  {progress.message} {amount(progress)}".rstrip(), err=True)


def amount(progress: Progress) -> str:
    """``120 of 412 MB``, ``12 of 61 packages``, or nothing."""
    if progress.unit == "bytes":
        return f"{size(progress.done)} of {size(progress.total)}" if progress.total else size(progress.done)
    if progress.unit == "packages" and progress.total:
        return f"{progress.done} of {progress.total} packages"
    return ""


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    # The default spinner is drawn with Braille dots, which not every terminal's encoding holds.
    spinner = SpinnerColumn("dots" if can_show("⠋") else "line")
    return Progress(
        spinner,
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[amount]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
