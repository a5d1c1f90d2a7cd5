"""One environment in the place of another: in the end the new one is ready, or the old one is back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.environments import layout
from scaffold.environments.discard import bring_back, discard_tree, is_bare, not_moved, put_away, remove_tree
from scaffold.environments.layout import Place
from scaffold.environments.notes import bring_back_notes, forget_notes, keep_notes
from scaffold.environments.state import State, discard_old, is_unfinished, read_state, write_state
from scaffold.errors import Interrupted, ScaffoldError


@contextlib.contextmanager
def transaction(place: Place, announced: State) -> Iterator[None]:
    """Announce, put the old environment aside, and let the caller build; `recover` after a death.

    Needs the lock, and `recover` before. Raises Interrupted where Ctrl-C comes when everything is done but
    the deletion of the old environment; otherwise whatever the caller or the system raises.
    """
    before = read_state(place)
    previous = before if before is not None and before.status == "ready" else None
    announced = replace(announced, status="creating", previous=previous, marked=True)
    try:
        keep_notes(place.root)
        write_state(place, announced)
        _put_aside(place)
        yield
        write_state(place, replace(announced, status="ready", previous=None))
    except BaseException as problem:
        _roll_back(place, previous, problem)
        raise
    _forget_the_old_one(place)


def begin(location: Path) -> None:
    """The environment's folder, with the mark that it bears until it is whole, and the one that stays."""
    location.mkdir(parents=True, exist_ok=True)
    (location / layout.UNFINISHED_MARK).touch()
    (location / layout.MADE_MARK).touch()


def _put_aside(place: Place) -> None:
    if not place.own_location.exists() or not any(place.own_location.iterdir()):
        return
    if is_bare(place.own_location):
        discard_tree(place.root, place.own_location)
        return
    try:
        place.own_location.rename(place.restore_folder)
    except OSError as refusal:
        raise not_moved(place.own_location, refusal) from refusal


def _roll_back(place: Place, previous: State | None, problem: BaseException) -> None:
    """The quick steps first: a second Ctrl-C comes while gigabytes are deleted."""
    away: tuple[Path | None, ...] = ()
    try:
        if place.restore_folder.exists():
            away = bring_back(place.root, place.restore_folder, place.own_location, is_unfinished)
        elif is_unfinished(place.own_location):
            away = (put_away(place.root, place.own_location),)
        try:
            _take_back(place, previous)
        except OSError:  # a full disk: what was put away makes room
            _remove(away)
            _take_back(place, previous)
    except (OSError, ScaffoldError) as refusal:
        if isinstance(problem, ScaffoldError):  # the next run goes on with it
            problem.detail = (*problem.detail, f"putting things back did not work either: {refusal}")
            if place.restore_folder.exists():
                problem.detail += (f"the environment of before waits in {place.restore_folder}",)
        return
    _remove(away)


def _take_back(place: Place, previous: State | None) -> None:
    bring_back_notes(place.root)
    write_state(place, previous)


def _remove(away: Sequence[Path | None]) -> None:
    for one in away:
        remove_tree(one)


def _forget_the_old_one(place: Place) -> None:
    """Nothing here can undo what is complete; what resists goes with the next run."""
    try:
        with contextlib.suppress(OSError, ScaffoldError):
            forget_notes(place.root)
            (place.own_location / layout.UNFINISHED_MARK).unlink(missing_ok=True)
            discard_old(place)
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped while the old environment was being deleted",
            detail=(f"the new one in {place.own_location} is complete",),
            hint="what is left of the old one goes with the next `scaffold env create`",
        ) from None
