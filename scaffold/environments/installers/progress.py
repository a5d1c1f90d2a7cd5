"""An installer's lines and traces, as progress: how many bytes, of which packages, how fast."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Sequence

from scaffold.environments.condition.usage import unpacked_share
from scaffold.environments.model import Download, Progress, Report

#: uv: "Downloading scipy (33.7MiB)"; pip: "Downloading torch-2.13.0%2Bcpu-cp311-....whl (191.8 MB)", with
#: the whole address where the file lies elsewhere than its index.
_BEGUN = re.compile(r"\s*Downloading (?P<name>[^\s(]+)[^(]*(?:\((?P<size>[\d.]+\s?[kKMG]?i?B)\))?")

#: uv, for distributions above a megabyte: " Downloaded scipy".
_ENDED = re.compile(r"\s*Downloaded (?P<name>[A-Za-z0-9._-]+)")

#: pip with ``--progress-bar raw``, four times a second: "Progress 1048576 of 35300000".
_BYTES = re.compile(r"\s*Progress (?P<done>\d+) of (?P<total>\d+)\s*$")

_PREPARED = re.compile(r"\s*(?:Prepared \d+ packages?|Installing collected packages)")
_INSTALLED = re.compile(r"\s*(?:Installed (?P<count>\d+) packages?|Successfully installed)")

_SIZE = re.compile(r"([\d.]+)\s?([kKMG]?)(i?)B")

#: An estimate never says that a download is over: the installer says so.
_AT_MOST = 0.98


class Rate:
    """Speed and remaining time of a download, from what came in during the last seconds."""

    def __init__(self, window: float = 10.0) -> None:
        self._window = window
        self._seen: deque[tuple[float, int]] = deque()
        self._left: int | None = None

    def add(self, now: float, progress: Progress) -> None:
        """What stands at ``now`` (seconds of any clock that does not go back)."""
        if progress.unit != "bytes" or (self._seen and progress.done < self._seen[-1][1]):
            self._seen.clear()
        if progress.unit != "bytes":
            return
        self._seen.append((now, progress.done))
        # One that is older than the window stays: the window reaches back to it.
        while len(self._seen) > 2 and now - self._seen[1][0] >= self._window:
            self._seen.popleft()
        self._left = progress.total - progress.done if progress.total else None

    @property
    def speed(self) -> float | None:
        """Bytes a second; None while too little was seen."""
        if len(self._seen) < 2:
            return None
        (begin, before), (end, now) = self._seen[0], self._seen[-1]
        return (now - before) / (end - begin) if end - begin >= 1.0 else None

    @property
    def remaining(self) -> float | None:
        """Seconds; None where the speed or the whole is unknown, or nothing moves."""
        speed = self.speed
        return self._left / speed if speed and self._left is not None and len(self._seen) else None


class Narrator:
    """Turns lines into reports; never raises on a line that it does not know.

    pip tells how many bytes have come. uv does not where no terminal listens: what it has unpacked so far
    is taken for it, and the report says that it is estimated.
    """

    def __init__(self, downloads: Sequence[Download], report: Report, *, one_by_one: bool = False) -> None:
        self._report = report
        self._one_by_one = one_by_one  # pip announces beginnings only
        self._count = len(downloads)
        self._sizes = {one.name: one.size for one in downloads if not one.local}
        self._under_way: list[str] = []
        self._finished = 0  # bytes of what has arrived
        self._partly = 0  # bytes of what is under way
        self._arrived = 0
        self._installing = self._estimated = False
        self._lock = threading.RLock()  # lines and looks come from two threads

    def line(self, text: str) -> None:
        """One line of the installer's output."""
        with self._lock:
            if found := _BYTES.match(text):
                self._exactly(int(found["done"]), int(found["total"]))
            elif found := _BEGUN.match(text):
                self._begin(found["name"], parse_size(found["size"] or ""))
            elif found := _ENDED.match(text):
                self._end(found["name"])
            elif _PREPARED.match(text):
                self._installing = True
                self._tell_install()
            elif _INSTALLED.match(text):
                self.arrived(self._count)

    def unpacked(self, size: int) -> None:
        """How many bytes of what is under way lie unpacked on the disk."""
        with self._lock:
            if not self._under_way or not size or self._installing:
                return
            sizes = {name: self._sizes[name] or 0 for name in self._under_way}
            whole = sum(sizes.values())
            on_disk = sum(size * unpacked_share(name) for name, size in sizes.items())
            part = min(size / on_disk, _AT_MOST) if on_disk else 0.0
            self._partly = max(self._partly, int(whole * part))
            self._estimated = True
            self._tell()

    def arrived(self, count: int) -> None:
        """How many packages lie in the environment."""
        with self._lock:
            count = min(count, self._count)
            if count > self._arrived:  # neither tool installs before everything is downloaded
                self._arrived, self._installing = count, True
                self._tell_install()

    def _exactly(self, done: int, total: int) -> None:
        if self._under_way:
            self._sizes[self._under_way[-1]] = total
            self._partly = done
            self._tell()

    def _begin(self, written: str, size: int | None) -> None:
        name = self._known(written)
        if name is None:
            return
        for finished in tuple(self._under_way) if self._one_by_one else ():
            self._end(finished)
        self._sizes[name] = self._sizes[name] or size
        self._under_way.append(name)
        self._tell()

    def _end(self, written: str) -> None:
        name = self._known(written)
        if name is None or name not in self._under_way:
            return
        self._under_way.remove(name)
        self._finished += self._sizes[name] or 0
        # What was estimated of this one is known now; the others keep at least the rest.
        self._partly = max(0, self._partly - (self._sizes[name] or 0))
        self._tell()

    def _known(self, written: str) -> str | None:
        """The distribution that a line speaks of: uv writes its name, pip its wheel's."""
        if written.endswith(".metadata"):
            return None
        written = written.rsplit("/", 1)[-1]
        stem = written.split("-", 1)[0] if written.endswith(".whl") else written
        name = re.sub(r"[-_.]+", "-", stem).lower()
        return name if name in self._sizes else None

    def _tell(self) -> None:
        total = sum(size or 0 for size in self._sizes.values())
        self._report(
            Progress(
                step="download",
                message="Downloading",
                packages=tuple(self._under_way),
                done=min(total, self._finished + self._partly),
                total=total,
                unit="bytes",
                estimated=self._estimated or None in self._sizes.values(),
            )
        )

    def _tell_install(self) -> None:
        self._report(
            Progress(
                step="install",
                message="Installing",
                done=self._arrived,
                total=self._count,
                unit="packages",
            )
        )


def parse_size(text: str) -> int | None:
    """Bytes of ``33.7MiB`` (uv) or ``35.3 MB`` (pip); None for anything else.

    >>> parse_size("33.7MiB"), parse_size("35.3 MB"), parse_size("")
    (35337011, 35300000, None)
    """
    found = _SIZE.fullmatch(text.strip())
    try:
        value = float(found[1]) if found else None
    except ValueError:  # 1.2.3
        value = None
    if found is None or value is None:
        return None
    power = ("", "K", "M", "G").index(found[2].upper())
    return int(value * (1024 if found[3] else 1000) ** power)
