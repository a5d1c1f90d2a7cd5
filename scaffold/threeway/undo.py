"""The last update taken back: what it replaced was kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.errors import UpdateRefused
from scaffold.projects.snapshot import Entry
from scaffold.threeway.folders import refuse_link
from scaffold.threeway.places import JOURNAL, LAST
from scaffold.threeway.reading import entry_at
from scaffold.threeway.staging import Move, NotOurs, Step, mark, read


def last(root: Path) -> tuple[tuple[Step, ...], Mapping[str, Any]]:
    """What takes the last update back, and what was kept with it. Raises UpdateRefused."""
    folder = root / LAST
    refuse_link(root, LAST / JOURNAL)
    try:
        journal = read(folder)
        olds = [_old(folder, one) for one in journal.moves]
    except NotOurs as problem:
        raise UpdateRefused(
            f"{folder} tells of an update that this user did not make on this machine",
            detail=("nothing is taken back: it could have come with what you cloned or copied",),
            hint="what was committed, git can bring back: git log",
            code="update-journal-foreign",
        ) from problem
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UpdateRefused(
            f"there is no update of {root} to take back",
            hint="what was committed, git can bring back: git log",
            code="update-nothing-to-undo",
        ) from problem
    return _reversed(root, journal.moves, olds), journal.about


def _reversed(root: Path, moves: tuple[Move, ...], olds: list[Entry | None]) -> tuple[Step, ...]:
    for one in moves:
        refuse_link(root, one.path)
    placed = {above for one in moves if one.after for above in one.path.parents}
    seen = {one: None if one.path in placed else entry_at(root / one.path) for one in moves}
    changed = [one for one in moves if mark(seen[one]) != one.after]
    if changed:
        raise UpdateRefused(
            f"{changed[0].path} was changed since the update",
            detail=tuple(f"{one.path}: before the update {_kept(one)}" for one in changed),
            hint="taking the update back would lose that: bring back by hand what you need",
            code="update-file-changed",
        )
    return tuple(
        Step(one.path, seen[one], old, LAST / "old" / str(one.number))
        for one, old in zip(moves, olds, strict=True)
    )


def _kept(move: Move) -> str:
    return f"it was {LAST / 'old' / str(move.number)}" if move.before else "it was not there"


def _old(folder: Path, move: Move) -> Entry | None:
    kept = entry_at(folder / "old" / str(move.number))
    if kept is None and move.before:
        raise ValueError(f"what {move.path} was is not there any more")
    if move.before != mark(kept):
        raise UpdateRefused(
            f"what {move.path} was before the update has been changed since",
            detail=(f"a program that had the file open wrote into it where it lies now: {_kept(move)}",),
            hint="look there for what you wrote, and take over by hand what you need",
            code="update-file-changed",
        )
    return kept
