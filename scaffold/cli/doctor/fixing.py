"""``--fix`` and ``--undo``: show, ask, do, tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scaffold.cli.doctor.ask import Answer, Options
    from scaffold.errors import ScaffoldError
    from scaffold.mending.environment import EnvironmentPlan
    from scaffold.mending.model import MendPlan
    from scaffold.system import System


#: In place of a plan.
_FIRST = "Nothing is cured before the interrupted update is settled: what is there is neither old nor new."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What of it programs are told, and whether anything was changed."""

    row: dict[str, Any]
    done: bool = False


def fix(system: System, looked: Answer) -> Fixed:
    """Carry out what is safe; what could not be done is told, and stops nothing else."""
    from scaffold.checks.updates import half_updated
    from scaffold.mending.files import write_files
    from scaffold.mending.plan import plan_mending

    options = looked.options
    plan = plan_mending(system, looked.facts, looked.findings)
    waits = half_updated(looked.facts)
    _say(options, [_FIRST, ""] if waits else _plan_lines(plan, undo=False))
    environment, problem = _planned(system, plan, options)
    if not plan or options.dry_run:
        return Fixed(row=_row(plan, environment=environment, problem=problem))
    if plan.changes or (environment and environment.setup):
        _agree(system, plan, options)
    backup = write_files(plan)
    if backup is not None:
        _say(options, [f"Written. Take it back with:  scaffold doctor --undo   (kept in {backup})", ""])
    if environment is not None and environment.setup is not None:
        problem = _made(system, environment, options)
    row = _row(plan, environment=environment, backup=backup, problem=problem, done=True)
    return Fixed(row=row, done=True)


def undo(system: System, options: Options) -> int:
    """Take the last ``--fix`` back."""
    from scaffold.cli.doctor import SCHEMA
    from scaffold.mending.files import take_back
    from scaffold.mending.plan import plan_undo
    from scaffold.results import envelope

    plan = plan_undo(system, _root(system, options.path))
    _say(options, _plan_lines(plan, undo=True))
    if not options.dry_run:
        _agree(system, plan, options)
        take_back(plan)
        _say(options, ["Taken back: these files are as they were."])
    if options.as_json:
        row = _row(plan, undo=True, done=not options.dry_run)
        click.echo(envelope(SCHEMA, summary={"project": plan.root}, findings=(), fix=row))
    return 0


def _root(system: System, start: Path) -> Path:
    """The project around a folder, or the folder itself where it holds no more than PyCharm's files."""
    from scaffold.errors import NotAProject
    from scaffold.pycharm.reading.project_files import find_root

    try:
        return find_root(start, system)
    except NotAProject:
        return start.absolute()


def _agree(system: System, plan: MendPlan, options: Options) -> None:
    from scaffold.mending.files import demand_yes

    if options.yes:
        return
    if options.as_json or options.report or not system.interactive:
        demand_yes(plan)
    click.confirm("Do this?", default=False, abort=True)


def _planned(
    system: System, plan: MendPlan, options: Options
) -> tuple[EnvironmentPlan | None, ScaffoldError | None]:
    """What would be installed, shown; or why nothing can be."""
    from scaffold.cli.plan_view import setup_plan_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.errors import ScaffoldError
    from scaffold.mending.environment import plan_environment

    if not plan.environment or plan.root is None:
        return None, None
    try:
        with ProgressDisplay(quiet=not _speaks(options)) as display:
            planned = plan_environment(system, plan.root, plan.environment, display.announce)
    except ScaffoldError as problem:
        return None, _told(problem)
    lines = setup_plan_lines(planned.setup, whole=False) if planned.setup else []
    _say(options, [*(lines or ["The environment is so already: nothing would be installed."]), ""])
    return planned, None


def _made(system: System, planned: EnvironmentPlan, options: Options) -> ScaffoldError | None:
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.errors import Interrupted, ScaffoldError
    from scaffold.mending.environment import make_environment

    try:
        with ProgressDisplay(quiet=not _speaks(options)) as display:
            make_environment(system, planned, display.announce, display.report)
    except Interrupted:
        raise
    except ScaffoldError as problem:
        return _told(problem)
    _say(options, ["The environment was made anew.", ""])
    return None


def _told(problem: ScaffoldError) -> ScaffoldError:
    """A cure that fails ends no other, and is no end of the answer."""
    from scaffold.cli.errors import as_text

    click.echo(as_text(problem), err=True)
    return problem


def _speaks(options: Options) -> bool:
    """Whether people read standard output; a report is one document, as JSON is."""
    return not (options.as_json or options.report)


def _say(options: Options, lines: list[str]) -> None:
    if _speaks(options):
        click.echo("\n".join(lines))


def _plan_lines(plan: MendPlan, *, undo: bool) -> list[str]:
    """What would be done: each file with its reasons and the lines that change, then the environment."""
    from scaffold.ide.check import difference
    from scaffold.ide.open_ides import closing

    if not plan:
        return ["There is nothing that doctor can cure by itself here.", ""]
    lines = ["Takes back the last --fix:" if undo else f"Cures {', '.join(plan.cures)}:"]
    for one in plan.changes:
        what = " (goes away)" if one.after is None else " (new)" if one.before is None else ""
        lines.append(f"  {one.path}{what}: {', '.join(one.reasons)}")
        if one.after is not None and one.before is not None:
            lines += [f"    {line}" for line in difference(one)]
    if plan.environment:
        lines.append(f"  the environment is made as `scaffold env {plan.environment}` makes it")
    if plan.open:
        lines += ["", closing(plan.open)]
    return [*lines, ""]


def _row(
    plan: MendPlan,
    *,
    environment: EnvironmentPlan | None = None,
    undo: bool = False,
    done: bool = False,
    backup: Path | None = None,
    problem: ScaffoldError | None = None,
) -> dict[str, Any]:
    from scaffold.cli.errors import fields
    from scaffold.ide.check import difference

    changes = [
        {"path": one.path, "removed": one.after is None, "reasons": one.reasons, "lines": difference(one)}
        for one in plan.changes
    ]
    made = {
        "command": ["scaffold", "env", plan.environment],
        "needed": bool(environment and environment.setup),
        "problem": fields(problem) if problem else None,
    }
    return {
        "undo": undo,
        "done": done,
        "cures": plan.cures,
        "changes": changes,
        "backup": backup,
        "open": plan.open,
        "environment": made if plan.environment else None,
    }
