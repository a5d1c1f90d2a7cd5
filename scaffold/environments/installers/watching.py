"""What an installer has put on the disk so far: it prints nothing while it works."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from scaffold.environments.installers.progress import Narrator
from scaffold.environments.layout import site_packages_of


@contextlib.contextmanager
def watched(
    narrator: Narrator, *, cache: Path | None, location: Path, seconds: float = 0.5
) -> Iterator[None]:
    """While the block runs, tell ``narrator`` every so often what came in.

    uv unpacks a wheel while it downloads it, into a folder ``.tmp…`` of its ``cache``; both installers
    put packages into the environment at ``location`` one after the other.
    """
    unfinished, here, over = _temporary_folders(cache), len(_distributions(location)), threading.Event()

    def watch() -> None:
        while not over.wait(seconds):
            narrator.unpacked(sum(_bytes_in(folder) for folder in _temporary_folders(cache) - unfinished))
            narrator.arrived(len(_distributions(location)) - here)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _temporary_folders(cache: Path | None) -> set[Path]:
    try:
        return set(cache.glob(".tmp*")) if cache is not None else set()
    except OSError:
        return set()


def _distributions(location: Path) -> list[str]:
    folder = site_packages_of(location)
    try:
        return [name for name in os.listdir(folder) if name.endswith(".dist-info")] if folder else []
    except OSError:  # it goes away under our eyes
        return []


def _bytes_in(folder: Path) -> int:
    found = 0
    for place, _, names in os.walk(folder):  # ignores what disappears meanwhile
        for name in names:
            with contextlib.suppress(OSError):  # uv moves files away under our eyes
                found += (Path(place) / name).stat().st_size
    return found
