"""The folders of what an update moves: made and removed as its files come and go, never through a link."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scaffold.errors import UpdateRefused
from scaffold.files import move_to_free, sync_folder
from scaffold.links import is_link
from scaffold.threeway.staging import Journal


def link_on_way(root: Path, path: PurePosixPath) -> PurePosixPath | None:
    """The link of a project that one goes through to a path of it; what is behind is not the project's."""
    above = list(path.parents)[-2::-1]  # from the top down, less the project's own folder
    return next((one for one in above if is_link(root / one)), None)


def refuse_link(root: Path, path: PurePosixPath) -> None:
    """Raise UpdateRefused (``update-file-changed``) where a path leads through a link."""
    link = link_on_way(root, path)
    if link is not None:
        raise UpdateRefused(
            f"{path} cannot be reached: {link} is a link, and what is behind it is not the project's",
            hint=f"put a folder in the place of {link}, then run the same command again",
            code="update-file-changed",
        )


def make_folder(folder: Path) -> None:
    """Nothing is asked of the disk where it is there: going back must work on a full one."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)


def make_room(root: Path, path: PurePosixPath, journal: Journal) -> None:
    """A file comes where a folder was, of which all has gone."""
    if not (root / path).is_dir() or is_link(root / path):
        return
    emptied = {
        above
        for one in journal.moves
        if not one.after
        for above in one.path.parents
        if above == path or path in above.parents
    }
    for above in sorted(emptied, reverse=True):
        with contextlib.suppress(OSError):  # something of the user's is in it: it will be seen
            (root / above).rmdir()


def unmake(root: Path, path: PurePosixPath, journal: Journal) -> None:
    """The folders that were made for a path go, as far as they are empty."""
    for above in path.parents:
        if above in journal.made and link_on_way(root, above) is None:
            with contextlib.suppress(OSError):  # somebody put something into it, or it was never made
                (root / above).rmdir()


def prune(root: Path, folder: Path) -> None:
    """Folders that are empty now."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def put_back(root: Path, path: PurePosixPath, source: Path) -> None:
    """What was taken from a path comes to lie there again, or beside what lies there now: nothing is lost.

    Where its folder has gone for something else, it comes into the nearest one above.
    """
    folder = _nearest(root, path)
    for name in _names(path.name, free=folder == root / path.parent):
        try:
            move_to_free(source, folder / name)
        except FileExistsError:
            continue
        return


def settle(root: Path, journal: Journal) -> None:
    """Make all folders that a journal touches survive a power cut, those that were made among them."""
    above = {one for move in journal.moves for one in move.path.parents}
    for one in sorted(above):
        if (root / one).is_dir():
            sync_folder(root / one)


def _nearest(root: Path, path: PurePosixPath) -> Path:
    folder = root
    for part in path.parts[:-1]:
        below = folder / part
        if is_link(below) or (os.path.lexists(below) and not below.is_dir()):
            break
        make_folder(below)
        folder = below
    return folder


def _names(name: str, *, free: bool) -> Iterator[str]:
    """Its own, and then as many as it takes."""
    if free:
        yield name
    yield f"{name}.before-update"
    number = 2
    while True:
        yield f"{name}.before-update-{number}"
        number += 1
