"""A plan of `scaffold update`, done; what an interrupted one left, brought to its end; and taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.errors import EnvironmentBusy, Interrupted, ScaffoldError, UpdateRefused
from scaffold.system import System
from scaffold.update.model import UpdatePlan, UpdateReport

if TYPE_CHECKING:
    from scaffold.threeway.journal import Recovered


def carry_out(system: System, plan: UpdatePlan) -> UpdateReport:
    """Write it, all or nothing, then let the IDE's files of this machine follow.

    Raises UpdateRefused, EnvironmentBusy, NoSpace, NoPermission; the project is as before then.
    """
    from scaffold.threeway import journal
    from scaffold.threeway.leftovers import noted

    about = {
        "from": plan.record.template_version,
        "to": plan.becomes.template_version,
        **noted(plan.changes),
    }
    with alone(plan.root):
        journal.refuse_interrupted(plan.root)
        _refuse_other(plan)
        kept = journal.apply(plan.root, plan.steps, about) if plan.steps else True
    try:
        notices = tuple(_tell_ide(system, plan))
    except KeyboardInterrupt:
        hint = "scaffold ide pycharm brings the IDE's own files along; scaffold update --undo takes all back"
        raise Interrupted("stopped when the project's files were updated already", hint=hint) from None
    return UpdateReport(written=len(plan.steps), notices=notices, kept=kept)


def _refuse_other(plan: UpdatePlan) -> None:
    """Between plan and lock another update may have come to its end: what was planned is of before it."""
    from scaffold.projects.record import RECORD
    from scaffold.projects.snapshot import PRISTINE
    from scaffold.threeway.staging import mark, mark_at

    memory = [one for one in plan.steps if one.path in {RECORD, PRISTINE}]
    if any(mark_at(plan.root / one.path) != mark(one.before) for one in memory):
        raise UpdateRefused(
            f"another scaffold update changed {plan.root} meanwhile; this one changed nothing",
            hint="look at what it did, then run the same command again",
            code="update-meanwhile",
        )


def pending(start: Path) -> tuple[PurePosixPath, ...]:
    """The files of an update that died in the midst. Raises NotAProject, UpdateRefused."""
    from scaffold.projects.record import project_root
    from scaffold.threeway import journal

    return journal.pending(project_root(start))


def recover(start: Path) -> Recovered:
    """Bring an update that died to its end. Raises NotAProject, UpdateRefused, EnvironmentBusy, NoSpace."""
    from scaffold.projects.record import project_root
    from scaffold.threeway import journal
    from scaffold.threeway.places import FOLDER

    root = project_root(start)
    if not (root / FOLDER).exists():
        return ""
    with alone(root):
        return journal.recover(root)


def undo(start: Path) -> tuple[PurePosixPath, ...]:
    """Take the last update back; the paths that changed. A second time brings it again.

    Raises UpdateRefused (``update-nothing-to-undo``, ``update-file-changed``).
    """
    from scaffold.projects.record import project_root
    from scaffold.threeway import journal
    from scaffold.threeway.undo import last

    root = project_root(start)
    with alone(root):
        journal.recover(root)
        steps, about = last(root)
        turned = {"from": about.get("to", ""), "to": about.get("from", ""), "undone": not about.get("undone")}
        journal.apply(root, steps, {**about, **turned})
    return tuple(sorted(one.path for one in steps))


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the project: neither another update nor what makes its environment works on it meanwhile."""
    from scaffold.environments.state import locked

    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(root))
        except EnvironmentBusy as problem:
            problem.message = f"Another scaffold command is working on {root}"
            raise
        yield


def _tell_ide(system: System, plan: UpdatePlan) -> Iterator[str]:
    """``.idea`` is made of the run configurations, per machine; the update stands whatever becomes of it."""
    from scaffold.environments.layout import Place, is_environment

    changed = any(one.path.parts[0] in {".run", ".vscode", ".idea"} for one in plan.steps)
    if not changed or not is_environment(Place(plan.root).location):
        return
    from scaffold.making import tell_pycharm
    from scaffold.pycharm.project.describe import recorded_project

    try:
        tell_pycharm(system, recorded_project(plan.becomes, plan.root, system), plan.root)
    except ScaffoldError as problem:
        yield f"the IDE's own files did not follow: {problem.message}; scaffold ide pycharm tries again"
