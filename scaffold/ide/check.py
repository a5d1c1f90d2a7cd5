"""``scaffold ide check``: say what is wrong with a project's IDE files, and cure what can be."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.checks.ide import inspect
from scaffold.checks.ide.shown import hidden
from scaffold.errors import ConsentNeeded, NotAProject
from scaffold.files import absolute
from scaffold.ide.open_ides import open_ides
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.plan import plan
from scaffold.pycharm.project.describe import any_root
from scaffold.pycharm.reading.project_files import find_root
from scaffold.pycharm.survey.survey import survey
from scaffold.shell import line

if TYPE_CHECKING:
    from scaffold.checks.model import Finding
    from scaffold.pycharm.mending.model import Change
    from scaffold.pycharm.survey.model import IdeFacts
    from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPlan:
    """Files that would change, and where they are kept as they were."""

    root: Path
    changes: tuple[Change, ...]
    backups: Path
    open: tuple[str, ...] = ()  # IDEs that may write their own state over modules that change


def check(system: System, start: Path) -> tuple[IdeFacts, tuple[Finding, ...]]:
    """What is known of the project around ``start``, and what is wrong with it. Raises NotAProject."""
    facts = survey(_root(start, system), system)
    return facts, inspect(facts)


def plan_fix(system: System, start: Path) -> FixPlan:
    """Every safe cure. Raises NotAProject, NoPermission for a user without a home."""
    root = _root(start, system)
    facts = survey(root, system)
    changes = plan(facts)
    place = backups.place(root, system, ours=facts.ours)
    return FixPlan(root=root, changes=changes, backups=place, open=open_ides(changes, system))


def plan_undo(system: System, start: Path) -> FixPlan:
    """What the last ``--fix`` changed, to be taken back. Raises NotAProject, OptionRefused, ScaffoldError."""
    root = _root(start, system)
    ours = system.exists(root / ".scaffold" / "project.json")
    folder = backups.place(root, system, ours=ours)
    changes = backups.undo(root, folder)
    return FixPlan(root=root, changes=changes, backups=folder, open=open_ides(changes, system))


def carry_out(plan: FixPlan, *, undo: bool = False) -> Path | None:
    """Write what was planned; the backup's folder. Raises ScaffoldError, NoPermission, NoSpace."""
    if undo:
        backups.take_back(plan.root, plan.changes, plan.backups)
        return None
    return backups.carry_out(plan.root, plan.changes, plan.backups)


def demand_yes(plan: FixPlan) -> None:
    """Raise ConsentNeeded: nobody is there who could be asked."""
    raise ConsentNeeded(
        f"{len(plan.changes)} files in {plan.root} would be changed",
        detail=tuple(one.path for one in plan.changes),
        hint="look at it with --dry-run, and agree with --yes",
    )


def difference(change: Change) -> tuple[str, ...]:
    """The lines that change, as ``diff -u`` shows them, without its head and without keys."""
    before, after = (
        (content or b"").decode("utf-8", errors="replace").splitlines()
        for content in (change.before, change.after)
    )
    rows = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
    return tuple(hidden(row) for row in rows if not row.startswith("@@"))


def _root(start: Path, system: System) -> Path:
    """The project around a folder; one that holds nothing but an ``.idea`` must be named itself."""
    try:
        return find_root(start, system)
    except NotAProject:
        if (start / ".idea").is_dir():
            return absolute(start)
        raise _without_pycharm(start, system) from None


def _without_pycharm(start: Path, system: System) -> NotAProject:
    """A folder that PyCharm has never seen is no reason to make another project."""
    try:
        root = any_root(start, system)
    except NotAProject as problem:
        return problem
    return NotAProject(
        f"{root} is a Python project without PyCharm's files: there is nothing to check",
        hint=f"have them written: {line('scaffold', 'ide', 'pycharm', str(root))}",
    )
