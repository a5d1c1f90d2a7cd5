"""Carry out the plan of ``.idea``: each file at once or not at all, in an order that a kill cannot hurt."""

from __future__ import annotations

import contextlib
from pathlib import Path

from scaffold.errors import IdeFileChanged
from scaffold.files import clear_remains, not_written, read_present, read_regular, replace_file
from scaffold.pycharm.model import IdeaReport
from scaffold.pycharm.project.aside import Backups
from scaffold.pycharm.project.idea_plan import IdeaFile, IdeaPlan
from scaffold.pycharm.project.record import RECORD


def write_idea(plan: IdeaPlan) -> IdeaReport:
    """Write what `plan_idea` decided. Copies come first, then modules, then what names them, then what goes.

    Killed between any two of these, every file is whole, and the next plan goes on from there. Raises
    IdeFileChanged for a file that is not as the plan has seen it: then it, and what follows, is as it was.
    NoPermission, NoSpace.
    """
    for one in plan.changes:
        _refuse_changed(plan, one)
    for one in plan.files:
        if one.backup and one.before is not None:
            for path, content in ((f"{Backups.FOLDER}/.gitignore", b"*\n"), (one.backup, one.before)):
                clear_remains(plan.root / path)  # of an earlier run that was killed here
                _write(plan.root / path, content)
    if plan.changes and plan.under_way is not None:
        _write(plan.root / RECORD, plan.under_way)
    for one in sorted(plan.changes, key=_order):
        _refuse_changed(plan, one)
        if one.content is not None:
            _write(plan.root / one.path, one.content)
        else:
            _delete(plan.root / one.path, plan)
    _write(plan.root / RECORD, plan.record)
    return IdeaReport(
        written=tuple(one.path for one in plan.changes),
        unchanged=tuple(one.path for one in plan.files if one.action == "unchanged" and not one.kept),
        kept=tuple(one.path for one in plan.files if one.kept),
        notices=plan.notices,
    )


def _refuse_changed(plan: IdeaPlan, one: IdeaFile) -> None:
    """The IDE itself writes here while it is open."""
    if read_present(plan.root / one.path) != one.before:
        raise IdeFileChanged(
            f"{plan.root / one.path} was changed while this command looked at it",
            hint="Close the project in PyCharm, or wait until it has read everything; then try again",
        )


def _order(one: IdeaFile) -> int:
    if one.content is None:
        return 2
    return 1 if one.path.endswith("modules.xml") else 0


def _write(path: Path, content: bytes) -> None:
    """A file that holds it already is not touched: not even its time changes."""
    with contextlib.suppress(OSError):  # not there, or unreadable: what it is, writing tells
        if read_regular(path) == content:
            return
    replace_file(path, content)


def _delete(path: Path, plan: IdeaPlan) -> None:
    staying = (plan.root / one.path for one in plan.files if one.action not in {"set aside", "remove"})
    try:
        if any(other.exists() and path.exists() and other.samefile(path) for other in staying):
            return  # names that differ in case only: it is a file that stays
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise not_written(path, problem) from problem
