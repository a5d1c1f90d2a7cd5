"""What is known of a project's environments from run to run, and its way back after a death.

``.scaffold/environment.json`` (``environment-keras.json`` of a further one) says "creating" before the
first byte of an environment is written and "ready" after the last file was verified. An environment that
is replaced waits under ``.scaffold`` meanwhile. Whatever the moment of a kill, `recover` finds which of
the two is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from scaffold.environments import layout
from scaffold.environments.layout import Place
from scaffold.errors import EnvironmentBusy, not_written


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The contents of ``environment.json``.

    ``digest`` stands for what was asked for; equal digests need no rebuild. While another environment
    is being replaced, ``had_previous`` is true and ``previous_digest`` is its digest, "" where it was
    not one of ours.
    """

    status: Literal["creating", "ready"]
    location: str
    digest: str
    python: str = ""
    installer: str = ""
    created: str = ""  # UTC, ISO 8601
    had_previous: bool = False
    previous_digest: str = ""


def read_state(place: Place) -> State | None:
    """The state of an environment; None where there is none or it cannot be understood."""
    try:
        found = json.loads(place.state_file.read_text(encoding="utf-8"))
        known = {name: found[name] for name in State.__dataclass_fields__ if name in found}
        return State(**known)
    except (OSError, ValueError, TypeError):
        return None


def is_ready(place: Place) -> bool:
    """Whether the environment was finished and verified, and lies where it was made."""
    state = read_state(place)
    return (
        state is not None
        and state.status == "ready"
        and state.location == str(place.location)
        and (place.location / "pyvenv.cfg").is_file()
    )


def write_state(place: Place, state: State | None) -> None:
    """Replace the state in one step, so that a reader finds the old one or the new one; None removes it."""
    target = place.state_file
    if state is None:
        target.unlink(missing_ok=True)
        return
    temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps({"schema": "scaffold/environment/1", **asdict(state)}, indent=2) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the project's environments for this process; `EnvironmentBusy` where another one holds it."""
    from filelock import FileLock, Timeout

    path = layout.lock_file(root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout:
        raise EnvironmentBusy(
            f"Another process is working on the environment of {root}",
            hint="wait until it has finished, then run the same command again",
        ) from None
    except OSError as refusal:
        raise not_written(path.parent, refusal) from refusal
    try:
        yield
    finally:
        lock.release()


def recover(place: Place) -> None:
    """Put things right after a run that died: the old environment back, a half-made one away.

    Needs the lock.
    """
    state, root, location = read_state(place), place.root, place.location
    waiting = place.restore_folder
    if state is not None and state.status == "ready" and (location / "pyvenv.cfg").is_file():
        discard_tree(root, waiting)
        (location / layout.UNFINISHED_MARK).unlink(missing_ok=True)
    elif waiting.exists():
        discard_tree(root, location)
        waiting.rename(location)
        write_state(place, previous_of(state))
    elif (location / layout.UNFINISHED_MARK).is_file():
        discard_tree(root, location)
        write_state(place, None)
    elif state is not None and state.status == "creating":
        write_state(place, previous_of(state))  # died before it touched anything
    _clear_discarded(root)


def left(place: Place) -> str:
    """What an interruption left, in words."""
    if is_ready(place):
        return f"the environment in {place.location} is as it was before"
    if place.restore_folder.exists():
        return "the environment of before is put aside, and the next run brings it back"
    if place.location.exists():
        return f"what lies in {place.location} is unfinished, and the next run clears it away"
    return "the project's files are complete; it has no environment"


def previous_of(state: State | None) -> State | None:
    """The state to go back to when what ``state`` announces does not come to pass."""
    if state is None or not state.previous_digest:
        return None
    return replace(
        state, status="ready", digest=state.previous_digest, previous_digest="", had_previous=False
    )


def discard_tree(root: Path, folder: Path) -> None:
    """Remove a folder so that no moment shows half of it: rename, then delete."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink():
        folder.unlink()
        return
    away = root / layout.STATE_FOLDER / f"discarded-{uuid.uuid4().hex[:8]}"
    try:
        folder.rename(away)
    except OSError as refusal:  # Windows, with a program of the environment running
        raise not_written(folder, refusal) from refusal
    shutil.rmtree(away, ignore_errors=True)  # what stays goes with the next run


def _clear_discarded(root: Path) -> None:
    for left in (root / layout.STATE_FOLDER).glob("discarded-*"):
        shutil.rmtree(left, ignore_errors=True)
