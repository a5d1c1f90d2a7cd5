"""Secrets in an update: it is merged without any, and what is said or made anew is put in afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.threeway.engines import Clash, common
from scaffold.threeway.lines import Lines, read_text, written
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import FileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The template now, as the project remembers it."""

    kept: Snapshot  # every secret at its default
    answered: Snapshot  # with those that were said now
    hold: frozenset[PurePosixPath]  # the files that have secrets in them, now or before


_SAID = "with the secret that you gave now"


def with_secrets(
    changes: Iterable[FileChange],
    merger: Merger,
    remembered: Remembered,
    rendered: Snapshot,
    base: Snapshot,
) -> tuple[FileChange, ...]:
    """What comes of each file with the secrets of this very update; those of earlier ones stay the user's.

    ``rendered`` is with those that were said and those that are made at random.
    """
    return tuple(_change(one, merger, remembered, rendered, base) for one in changes)


def _change(
    change: FileChange, merger: Merger, remembered: Remembered, rendered: Snapshot, base: Snapshot
) -> FileChange:
    names = [path for path in (change.path, change.origin) if path is not None]
    if remembered.hold.intersection(names):
        known = (side[path] for side in (base, remembered.kept) for path in names if path in side)
        change = replace(change, open_lines=frozenset(_lines(known)))
    name = next((path for path in names if path in remembered.kept), change.path)
    sides = [side.get(name) for side in (remembered.kept, remembered.answered, rendered)]
    if change.after is None or change.waits or None in sides:
        return change
    plain, told, whole = (one for one in sides if one is not None)
    done = change if told == plain else _said(change, merger, plain, told)
    return done if whole == told else _made_anew(done, merger, told, whole)


def _said(change: FileChange, merger: Merger, plain: Entry, told: Entry) -> FileChange:
    """With a secret that was given now: the user's own line gives way to it, for that is what was asked."""
    assert change.after is not None
    done = replace(merger, settle=_insisting).three(change.path, plain, change.after, told)
    if done.conflicts:
        return replace(
            change, kind="conflict", after=done.entry, conflicts=change.conflicts + done.conflicts,
            rejected=done.rejected if change.rejected is None else change.rejected,
            reasons=(*change.reasons, *done.reasons),
        )  # fmt: skip
    if done.entry == change.after:
        return change
    kind = "merged" if change.kind in {"kept", "unchanged"} else change.kind
    reasons = () if kind != change.kind else change.reasons
    return replace(change, kind=kind, after=done.entry, reasons=(*reasons, _SAID))


def _made_anew(change: FileChange, merger: Merger, told: Entry, whole: Entry) -> FileChange:
    """What the template makes at random, in lines that this update brings; the user's own stay."""
    old, new = read_text(told.content), read_text(whole.content)
    made = read_text(change.after.content) if change.after is not None else None
    if change.after is None or change.after == told or old is None or new is None or made is None:
        return replace(change, after=whole) if change.after == told != change.before else change
    if len(old.lines) != len(new.lines):
        done = replace(merger, settle=lambda clash: clash.yours).three(change.path, told, change.after, whole)
        return change if done.conflicts or change.kind == "conflict" else replace(change, after=done.entry)
    anew = {one: other for one, other in zip(old.lines, new.lines, strict=True) if one != other}
    before = set(_lines([change.before])) if change.before is not None else set()
    lines = tuple(one if one in before else anew.get(one, one) for one in made.lines)
    return replace(change, after=replace(change.after, content=written(lines, made.shape)))


def _insisting(clash: Clash) -> Lines | None:
    r"""The user's lines, those with the secret as the template has them; None where it is not sure which.

    >>> _insisting(Clash((b"pw=none\n",), (b"pw=old\n", b"mine=1\n"), (b"pw=new\n",)))
    (b'pw=new\n', b'mine=1\n')
    """
    if not clash.base:
        return None
    found = list(clash.yours)
    for number, new in enumerate(clash.new):
        if new in clash.base or new in found:
            continue
        old = max(clash.base, key=lambda one, new=new: common(one, new) + common(one[::-1], new[::-1]))  # type: ignore[misc]
        place = _place(found, number, old, new, alone=len(found) == len(clash.new))
        if place is None:
            return None
        found[place] = new
    return tuple(found)


def _place(lines: list[bytes], number: int, old: bytes, new: bytes, *, alone: bool) -> int | None:
    """Which line is the one that was ``old`` and is to be ``new``: it begins and ends as both do."""
    begin = re.sub(rb"\w*\Z", b"", old[: common(old, new)])
    end = re.sub(rb"\A\w*", b"", old[len(old) - common(old[::-1], new[::-1]) :])
    if not begin.strip() and not end.strip():
        return number if alone else None  # nothing but the secret stands on it
    there = [at for at, line in enumerate(lines) if line.startswith(begin) and line.endswith(end)]
    return there[0] if len(there) == 1 else None


def _lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    for one in entries:
        text = read_text(one.content)
        yield from text.lines if text is not None else ()
