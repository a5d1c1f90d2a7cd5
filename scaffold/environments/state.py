"""What is known of a project's environments from run to run, and its way back after a death.

``.scaffold/environment.json`` (``environment-keras.json`` of a further one) says "creating" before the
first byte of an environment is written and "ready" after the last file was verified. An environment that
is replaced waits under ``.scaffold`` meanwhile, and what takes its place bears a mark until it is whole.
Whatever the moment of a kill, `recover` finds which of the two is whole.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from scaffold.environments import layout
from scaffold.environments.discard import bring_back, clear_discarded, discard_tree, is_bare
from scaffold.environments.layout import Place, adopted_location
from scaffold.environments.notes import bring_back_notes, forget_notes
from scaffold.errors import EnvironmentBusy, EnvironmentOccupied, ScaffoldError
from scaffold.files import not_written, put_file, read_regular
from scaffold.links import refuse_link_of_ours

#: The number at the schema's end grows when an older scaffold would misread the file.
SCHEMA = "scaffold/environment/"
VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The contents of ``environment.json``.

    ``digest`` stands for what was asked for; equal digests need no rebuild. ``previous`` is, while another
    environment is being replaced, that one's state; None where there was none, or it was not one of ours.
    """

    status: Literal["creating", "ready"]
    location: str
    digest: str
    python: str = ""
    installer: str = ""
    created: str = ""  # UTC, ISO 8601
    adopted: bool = False  # the user made it: it is used, and never written to
    marked: bool = False  # layout.MADE_MARK lies in it; False: made by a scaffold of before the mark
    previous: State | None = None


def read_state(place: Place) -> State | None:
    """The state of an environment; None where there is none or it cannot be understood."""
    try:
        return parse_state(json.loads(read_regular(place.state_file)))
    except (OSError, ValueError, RecursionError):
        return None


def parse_state(found: Any) -> State | None:
    """A state as it stands in its file; None where it makes none.

    Version 1 knew of the environment before only ``previous_digest``.

    >>> found = {"status": "creating", "location": "/p", "digest": "b", "previous_digest": "a"}
    >>> parse_state(found).previous.digest
    'a'
    >>> parse_state({"status": "ready", "digest": "b"}), parse_state(["ready"])
    (None, None)
    """
    if not isinstance(found, Mapping) or found.get("status") not in ("creating", "ready"):
        return None
    try:
        state = State(**{name: found[name] for name in State.__dataclass_fields__ if name in found})
    except TypeError:
        return None
    if found.get("previous_digest"):
        earlier = replace(state, status="ready", digest=str(found["previous_digest"]), previous=None)
        return replace(state, previous=earlier)
    return replace(state, previous=parse_state(found.get("previous")))


def refuse_newer(place: Place) -> None:
    """Raise where a newer scaffold wrote the state: what we do not understand, we would destroy."""
    try:
        found = json.loads(read_regular(place.state_file))
    except (OSError, ValueError, RecursionError):
        return
    schema = found.get("schema") if isinstance(found, Mapping) else None
    number = str(schema or "").removeprefix(SCHEMA)
    if number.isdecimal() and int(number) > VERSION:
        raise ScaffoldError(
            f"A newer scaffold looks after this environment: {place.state_file} says {schema}",
            detail=(f"this one understands {SCHEMA}{VERSION}",),
            hint="upgrade scaffold, or delete that file and the environment's folder",
            code="environment-state-newer",
        )


def is_ready(place: Place) -> bool:
    """Whether the environment was finished and verified, and lies where it was made."""
    state = read_state(place)
    return (
        state is not None
        and state.status == "ready"
        and state.location == str(place.location)
        and layout.is_environment(place.location)
    )


def is_ours(place: Place) -> bool:
    """Whether scaffold made what lies there: its records say so, and so does the environment itself.

    Records alone would also claim what the user put in the place of an environment that they deleted.
    """
    state = read_state(place)
    if state is not None and state.status == "creating" and state.previous is not None:
        state = state.previous  # of what still lies there, or waits
    if state is None or state.adopted:
        return False
    return not state.marked or (place.own_location / layout.MADE_MARK).is_file()


def is_unfinished(location: Path) -> bool:
    """Whether nothing lies there that anybody could miss: nothing, byte code, or what bears our mark."""
    if location.is_symlink() or location.is_file():
        return False
    marked = (location / layout.UNFINISHED_MARK).is_file()
    return marked or not location.exists() or is_bare(location)


def write_state(place: Place, state: State | None) -> None:
    """Replace the state in one step, so that a reader finds the old one or the new one; None removes it."""
    if state is None:
        place.state_file.unlink(missing_ok=True)
        return
    fields = {"schema": f"{SCHEMA}{VERSION}", **asdict(state)}
    put_file(place.state_file, json.dumps(fields, indent=2) + "\n")


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the project's environments for this process; `EnvironmentBusy` where another one holds it."""
    from filelock import Timeout

    from scaffold.environments.holding import hold

    path = layout.lock_file(root)
    try:
        refuse_link_of_ours(path)  # before a folder is made through one
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = hold(path)
    except Timeout:
        raise EnvironmentBusy(
            f"Another process is working on the environment of {root}",
            hint="wait until it has finished, then run the same command again",
        ) from None
    except FileExistsError as refusal:
        raise EnvironmentOccupied(
            f"{path.parent} is a file; scaffold keeps there what it knows of the project",
            hint="move it away, then run the same command again",
        ) from refusal
    except OSError as refusal:
        raise not_written(path.parent, refusal) from refusal
    try:
        yield
    finally:
        lock.release()


def recover(place: Place) -> None:
    """Put things right after a run that died: the old environment back, a half-made one away.

    Needs the lock. Raises where a newer scaffold wrote the state, EnvironmentOccupied where the user put
    something of their own in the place of an environment that waits to be brought back.
    """
    refuse_newer(place)
    if adopted_location(place.state_file) is not None:
        return  # the user's own: nothing in it is ours
    state, root, location = read_state(place), place.root, place.location
    waiting = place.restore_folder
    if state is not None and state.status == "ready" and layout.is_environment(location):
        forget_notes(root)
        discard_old(place)
        (location / layout.UNFINISHED_MARK).unlink(missing_ok=True)
    elif waiting.exists():
        _bring_back(place)
        bring_back_notes(root)
        write_state(place, None if state is None else state.previous)
    elif (location / layout.UNFINISHED_MARK).is_file():
        discard_tree(root, location)
        bring_back_notes(root)
        write_state(place, None if state is None else state.previous)  # of one that lies elsewhere
    elif state is not None and state.status == "creating":
        bring_back_notes(root)
        write_state(place, state.previous)  # died before it touched anything
    clear_discarded(root)
    for temporary in place.state_file.parent.glob("*.json.????????"):  # proofs and builds as well
        temporary.unlink(missing_ok=True)


def discard_old(place: Place) -> None:
    """The environment of before goes, less what the user had put into it."""
    from scaffold.environments.keepsakes import carry_over

    if place.restore_folder.exists():
        carry_over(place.restore_folder, place.own_location)
        discard_tree(place.root, place.restore_folder)


def _bring_back(place: Place) -> None:
    waiting, location = place.restore_folder, place.location
    if not is_unfinished(location):
        raise EnvironmentOccupied(
            f"{location} is in the way of the environment that an interrupted run put aside",
            detail=(f"that one waits in {waiting}",),
            hint=f"move {location} away to have the old one back, or delete {waiting} to do without it; "
            "then run the same command again",
        )
    try:
        bring_back(place.root, waiting, location, is_unfinished)
    except OSError as refusal:
        problem = not_written(location, refusal)
        problem.detail = (
            *problem.detail,
            f"the environment of before waits, whole, in {waiting}",
        )
        raise problem from refusal


def left(place: Place) -> str:
    """What an interruption left, in words."""
    if is_ready(place):
        return f"the environment in {place.location} is as it was before"
    if place.restore_folder.exists():
        return "the environment of before is put aside, and the next run brings it back"
    if place.location.exists():
        return f"what lies in {place.location} is unfinished, and the next run clears it away"
    return "the project's files are complete; it has no environment"
