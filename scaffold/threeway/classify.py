"""What an update makes of a project, file by file: a pure function of three snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from scaffold.projects.portable import CASE_ONLY, folded
from scaffold.projects.record import digest
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.threeway.merging import Merger
from scaffold.threeway.model import FileChange, rejects_of, with_folders
from scaffold.threeway.pairing import renamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The three sides of an update."""

    base: Snapshot | None  # the pristine rendering; None where it was not kept
    yours: Snapshot  # every path of the other two that is there, and what may be a renamed one of them
    new: Snapshot
    blocked: Mapping[PurePosixPath, str] = field(default_factory=dict)  # paths that cannot be had, and why
    digests: Mapping[str, str] = field(default_factory=dict)  # the record's, for want of a base


def classify(sides: Sides, merger: Merger) -> tuple[FileChange, ...]:
    """Every path that one of the sides has from the template, sorted; nothing is read or written."""
    base = _base(sides)
    moves = _user_moves(base, sides)
    shifts = _template_moves(base, sides, moves)
    staying = {folded(one): one for one in sides.yours if not _goes(sides, merger, one)}
    changes: list[FileChange] = []
    for path in sorted({*base, *sides.new} - set(shifts.values())):
        place, target = moves.get(path, path), shifts.get(path, path)
        changes += _change(sides, merger, base, path, place, target, staying)
    known = {*base, *sides.yours, *sides.new, *map(PurePosixPath, sides.digests)}
    return tuple(_placed(sorted(changes, key=lambda one: one.path), known))


def left_out(changes: tuple[FileChange, ...]) -> frozenset[PurePosixPath]:
    """Paths at which the project must not remember the new rendering: the next update tries them again."""
    return frozenset(one.path for one in changes if one.waits)


def as_recorded(yours: Snapshot, digests: Mapping[str, str]) -> Snapshot:
    """Without a pristine rendering: files that are what the record says of them, renamed ones among them."""
    files = [
        (path, digest(content), replace(one, content=content))
        for path, one in yours.items()
        if one.kind == "file"
        for content in {one.content, one.content.replace(b"\r\n", b"\n")}  # as a checkout may have made it
    ]
    found = {path: one for path, sha256, one in files if digests.get(str(path)) == sha256}
    others = {sha256: one for path, sha256, one in files if str(path) not in digests}
    gone = {PurePosixPath(path): others.get(sha256) for path, sha256 in digests.items()}
    return {**found, **{path: one for path, one in gone.items() if one is not None and path not in yours}}


def _placed(changes: Iterable[FileChange], known: Iterable[PurePosixPath]) -> Iterator[FileChange]:
    """What could not be merged lies where nothing else is or comes."""
    taken = with_folders(known)
    for change in changes:
        if change.rejected is None:
            yield change
            continue
        beside = rejects_of(change.path, taken)
        taken.add(beside)
        yield replace(change, beside=beside)


def _base(sides: Sides) -> Snapshot:
    return sides.base if sides.base is not None else as_recorded(sides.yours, sides.digests)


def _user_moves(base: Snapshot, sides: Sides) -> Mapping[PurePosixPath, PurePosixPath]:
    gone = {path: one for path, one in base.items() if path not in sides.yours and path not in sides.blocked}
    others = {path: one for path, one in sides.yours.items() if path not in base and path not in sides.new}
    return renamed(gone, others) if gone and others else {}


def _template_moves(
    base: Snapshot, sides: Sides, moves: Mapping[PurePosixPath, PurePosixPath]
) -> Mapping[PurePosixPath, PurePosixPath]:
    """Only where it matters: of files that the user changed, and to places that are free."""
    gone = {
        path: one
        for path, one in base.items()
        if path not in sides.new and path in sides.yours and sides.yours[path] != one and path not in moves
    }
    added = {
        path: one
        for path, one in sides.new.items()
        if path not in base and path not in sides.yours and path not in sides.blocked
    }
    return renamed(gone, added) if gone and added else {}


def _change(
    sides: Sides,
    merger: Merger,
    base: Snapshot,
    path: PurePosixPath,
    place: PurePosixPath,
    target: PurePosixPath,
    staying: Mapping[str, PurePosixPath],
) -> Iterator[FileChange]:
    """One file: ``path`` in the base, ``place`` in the project, ``target`` in the new rendering."""
    before, yours, new = base.get(path), sides.yours.get(place), sides.new.get(target)
    origin = path if place != path else None
    moved = (f"you renamed {path}: the update goes where it is now",) if origin else ()
    if path in sides.blocked:
        yield _blocked(path, before, new, sides.blocked[path])
    elif target != path and yours is not None and new is not None:
        yield from _shifted(merger, before, path, target, yours, new)
    elif new is None:
        yield _without(merger, before, place, yours, moved, origin)
    elif yours is None:
        yield _missing(sides, path, before, new, staying)
    else:
        change = _both(merger, place, before, yours, new)
        yield replace(change, origin=origin, reasons=(*moved, *change.reasons))


def _blocked(path: PurePosixPath, before: Entry | None, new: Entry | None, why: str) -> FileChange:
    """Nothing can be there: what the user put in its way stays."""
    if new is None or new == before:
        return FileChange(path=path, kind="kept", reasons=(f"{why}; it stays so",))
    reason = f"{why}: move it away, and update again"
    return FileChange(path=path, kind="conflict", conflicts=1, reasons=(reason,), waits=True)


def _shifted(
    merger: Merger,
    before: Entry | None,
    path: PurePosixPath,
    target: PurePosixPath,
    yours: Entry,
    new: Entry,
) -> Iterator[FileChange]:
    """The template renamed what the user changed: the changes go along."""
    change = _both(merger, target, before, yours, new)
    reason = f"the template renamed {path}: your changes go along"
    kind = "merged" if change.kind in {"kept", "taken", "unchanged"} else change.kind
    yield replace(change, before=None, kind=kind, origin=path, reasons=(reason, *change.reasons))
    yield FileChange(path=path, kind="removed", before=yours, reasons=(f"it is {target} now",))


def _without(
    merger: Merger,
    before: Entry | None,
    place: PurePosixPath,
    yours: Entry | None,
    moved: tuple[str, ...],
    origin: PurePosixPath | None,
) -> FileChange:
    """The template has it no more."""
    if yours is None or before is None:
        return FileChange(path=place, kind="unchanged", reasons=("you deleted it, and so did the template",))
    if merger.untouched(before, yours) and origin is None:
        return FileChange(path=place, kind="removed", before=yours, reasons=("the template has it no more",))
    reason = "the template has it no more; you changed it, and so it stays"
    return FileChange(
        path=place, kind="kept", before=yours, after=yours, origin=origin, reasons=(*moved, reason)
    )


def _goes(sides: Sides, merger: Merger, path: PurePosixPath) -> bool:
    """Whether the template takes a file away that nobody changed."""
    entry = (sides.base or {}).get(path)
    return entry is not None and path not in sides.new and merger.untouched(entry, sides.yours[path])


def _missing(
    sides: Sides,
    path: PurePosixPath,
    before: Entry | None,
    new: Entry,
    staying: Mapping[str, PurePosixPath],
) -> FileChange:
    """It is not in the project: new in the template, or deleted by the user."""
    if before is not None or (sides.base is None and str(path) in sides.digests):
        changed = "" if new == before else "; the template changed it since" if before else ""
        return FileChange(path=path, kind="kept", reasons=(f"you deleted it, and it stays deleted{changed}",))
    other = staying.get(folded(path))
    if other is not None:
        return _blocked(path, before, new, f"{other} {CASE_ONLY}")
    return FileChange(path=path, kind="added", after=new)


def _both(merger: Merger, path: PurePosixPath, before: Entry | None, yours: Entry, new: Entry) -> FileChange:
    """Both have it."""
    if merger.same(yours, new):
        return FileChange(path=path, kind="unchanged", before=yours, after=yours)
    if before is not None and merger.same(new, before):
        if merger.untouched(before, yours):
            return FileChange(path=path, kind="unchanged", before=yours, after=yours)
        return FileChange(path=path, kind="kept", before=yours, after=yours, reasons=("only you changed it",))
    if before is None and path.parts[0] == ".vscode":
        reason = "scaffold ide vscode keeps it up to date"
        return FileChange(path=path, kind="kept", before=yours, after=yours, reasons=(reason,))
    done = merger.three(path, before, yours, new)
    unknown = ("it is yours and the template's, made from nothing in common",) if before is None else ()
    reasons = (*unknown, *done.reasons) if done.conflicts else done.reasons
    if done.conflicts:
        return FileChange(
            path=path, kind="conflict", before=yours, after=done.entry, reasons=reasons,
            conflicts=done.conflicts, rejected=done.rejected,
        )  # fmt: skip
    if merger.same(done.entry, yours):
        reasons = ("what the template changed is in it already", *reasons)
        return FileChange(path=path, kind="kept", before=yours, after=yours, reasons=reasons)
    taken = merger.same(done.entry, new) or (before is not None and merger.untouched(before, yours))
    return FileChange(
        path=path, kind="taken" if taken else "merged", before=yours, after=done.entry, reasons=reasons
    )
