"""An installer's lines, as progress."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scaffold.environments.model import Download, Progress, Report

#: uv: "Downloading scipy (33.7MiB)"; pip: "Downloading scipy-1.17.1-cp311-....whl (35.3 MB)".
_BEGUN = re.compile(r"\s*Downloading (?P<name>[A-Za-z0-9._-]+)")

#: uv, for distributions above a megabyte: " Downloaded scipy".
_ENDED = re.compile(r"\s*Downloaded (?P<name>[A-Za-z0-9._-]+)")

_PREPARED = re.compile(r"\s*(?:Prepared \d+ packages?|Installing collected packages)")
_INSTALLED = re.compile(r"\s*(?:Installed (?P<count>\d+) packages?|Successfully installed)")


class Narrator:
    """Turns lines into reports; never raises on a line that it does not know.

    Bytes count as done when a distribution has arrived, not before: between two lines nobody knows.
    """

    def __init__(self, downloads: Sequence[Download], report: Report, *, one_by_one: bool = False) -> None:
        self._report = report
        self._one_by_one = one_by_one  # pip announces beginnings only
        self._count = len(downloads)
        self._sizes = {one.name: one.size or 0 for one in downloads if not one.local}
        self._total = sum(self._sizes.values())
        self._under_way: list[str] = []
        self._done = 0

    def line(self, text: str) -> None:
        """One line of the installer's output."""
        if found := _BEGUN.match(text):
            self._begin(found["name"])
        elif found := _ENDED.match(text):
            self._end(found["name"])
        elif _PREPARED.match(text):
            self._done = self._total
            self._tell_install(0)
        elif _INSTALLED.match(text):
            self._tell_install(self._count)

    def unpacked(self, size: int) -> None:
        """How many bytes of what is under way have been unpacked: more than was downloaded, so only told."""
        if self._under_way and size:
            self._tell(f" ({size / 1e6:.0f} MB unpacked so far)")

    def _begin(self, written: str) -> None:
        name = self._known(written)
        if name is None:
            return
        for finished in tuple(self._under_way) if self._one_by_one else ():
            self._end(finished)
        self._under_way.append(name)
        self._tell()

    def _end(self, written: str) -> None:
        name = self._known(written)
        if name is None or name not in self._under_way:
            return
        self._under_way.remove(name)
        self._done = min(self._total, self._done + self._sizes.pop(name))
        self._tell()

    def _known(self, written: str) -> str | None:
        """The distribution that a line speaks of: uv writes its name, pip its wheel's."""
        stem = written.split("-", 1)[0] if written.endswith((".whl", ".metadata")) else written
        name = re.sub(r"[-_.]+", "-", stem).lower()
        return name if name in self._sizes else None

    def _tell(self, more: str = "") -> None:
        self._report(
            Progress(
                step="download",
                message=(", ".join(self._under_way[:3]) or "Downloading") + more,
                done=self._done,
                total=self._total,
                unit="bytes",
            )
        )

    def _tell_install(self, done: int) -> None:
        message = f"Installing {self._count} packages"
        self._report(Progress(step="install", message=message, done=done, total=self._count, unit="packages"))


@contextlib.contextmanager
def watched(cache: Path | None, tell: Callable[[int], None], *, seconds: float = 1.0) -> Iterator[None]:
    """While the block runs, tell every so often how much uv has unpacked into its cache.

    uv unpacks a wheel while it downloads it, into a folder ``.tmp…`` of its cache, and prints nothing
    meanwhile where no terminal listens.
    """
    if cache is None:
        yield
        return
    before, over = _temporary_folders(cache), threading.Event()

    def watch() -> None:
        while not over.wait(seconds):
            tell(sum(_bytes_in(folder) for folder in _temporary_folders(cache) - before))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _temporary_folders(cache: Path) -> set[Path]:
    try:
        return set(cache.glob(".tmp*"))
    except OSError:
        return set()


def _bytes_in(folder: Path) -> int:
    found = 0
    for place, _, names in os.walk(folder):  # ignores what disappears meanwhile
        for name in names:
            with contextlib.suppress(OSError):  # uv moves files away under our eyes
                found += (Path(place) / name).stat().st_size
    return found
