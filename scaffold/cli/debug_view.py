"""What ``scaffold run NAME --debug-check`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.text import row, width

if TYPE_CHECKING:
    from scaffold.ide.debug import DebugPlan, DebugReport
    from scaffold.pycharm.debugging.places import Place
    from scaffold.pycharm.debugging.server import Hit
    from scaffold.system import System

#: Characters of a variable's value on the terminal.
VALUE_WIDTH = 80

#: Variables of a hit, and breakpoints of a plan, that are shown.
SHOWN = 12


def debug_check(
    system: System,
    root: Path,
    name: str | None,
    *,
    asked: bool,
    arguments: Sequence[str],
    breaks: Sequence[str],
    timeout: float | None,
    as_json: bool,
    show_only: bool,
) -> None:
    """Plan, run, print; exit status 0 where every program stopped where it should, else 1."""
    from scaffold.errors import OptionRefused
    from scaffold.ide.debug import TIMEOUT, carry_out, plan_debug

    if not asked:
        option = "--break" if breaks else "--timeout"
        raise OptionRefused(
            f"{option} belongs to --debug-check",
            hint=f"what is meant for the program goes behind --:  -- {option}",
        )

    if name is None:
        raise OptionRefused(
            "--debug-check runs one run configuration", hint="name it; see them:  scaffold run"
        )

    def tell(text: str) -> None:
        click.echo(row("Fetching", text), err=as_json)

    plans = plan_debug(
        root, name, system=system, arguments=arguments, breaks=breaks, timeout=timeout or TIMEOUT, tell=tell
    )
    reports = []
    for plan in plans:
        if not as_json:
            click.echo("\n".join(plan_lines(plan, root)))
        if show_only:
            continue
        _run_first(plan, as_json=as_json)
        report = carry_out(plan, system, on_line=(lambda _: None) if as_json else click.echo)
        reports.append(report)
        if not as_json:
            click.echo("\n".join(report_lines(report, root)))
    if as_json:
        click.echo(_json(plans, reports))
    if not all(report.was_hit for report in reports):
        raise click.exceptions.Exit(1)


def _run_first(plan: DebugPlan, *, as_json: bool) -> None:
    """What the IDE runs before the program, not debugged; a step that fails ends the check as an error."""
    from scaffold.cli.run_compound import speaker
    from scaffold.pycharm.launching.side_by_side import run_first

    names = [step.name for step in plan.steps]
    if names:
        run_first(plan.steps, (lambda *_: None) if as_json else speaker(names))


def plan_lines(plan: DebugPlan, root: Path) -> list[str]:
    """The debugger, the program, where it shall stop and why there."""
    lines = [
        row("Debugger", f"pydevd-pycharm {plan.engine.version}, {plan.engine.where}"),
        row("Runs", f"{plan.name}, {plan.why_arguments}"),
    ]
    if plan.steps:
        lines.append(row("Before it", ", then ".join(step.name for step in plan.steps)))
    for place in plan.places[:SHOWN] if len(plan.places) <= SHOWN else ():
        lines += [row("Breakpoint", _where(place, root)), row("", click.style(place.why, dim=True))]
    if len(plan.places) > SHOWN:
        lines.append(row("Breakpoints", f"{len(plan.places)}: {plan.places[0].why}"))
    return [*lines, *(row("Problem", problem) for problem in plan.launch.problems), ""]


def _where(place: Place, root: Path) -> str:
    where = f"{_below(place.point.file, root)}:{place.point.line}"
    return f"{where} in {place.function}" if place.function else where


def report_lines(report: DebugReport, root: Path) -> list[str]:
    """The first hit of each place and process with what was seen, then the result in one line."""
    lines = [""]
    for hit in _first_of_each(report.hits)[:4]:
        process = f", process {hit.process}" if hit.process else ""
        lines.append(
            row("Stopped", f"{_below(hit.point.file, root)}:{hit.point.line} in {hit.function}{process}")
        )
        lines += [row("", one) for one in _variables(hit)]
    if report.was_hit and len(report.places) <= SHOWN:
        lines += [row("Not reached", _where(place, root)) for place in report.missed]
    lines += [row("Problem", problem) for problem in report.problems]
    if report.was_hit:
        result = click.style("the debugger works", fg="green") + f": {_counted(report)}; {_ended(report)}"
    else:
        result = click.style("no breakpoint was hit", fg="red") + f": {report.reason}"
    lines.append(row("Result", result))
    if not report.was_hit:
        if report.reached_start:
            lines.append(row("", "the debugger itself works: the program stopped at its first line"))
        lines.append(row("", "choose another line:  --break FILE:LINE, or more time:  --timeout SECONDS"))
    return [*lines, ""]


def _first_of_each(hits: Sequence[Hit]) -> list[Hit]:
    return list({(hit.point, hit.process): hit for hit in reversed(hits)}.values())[::-1]


def _counted(report: DebugReport) -> str:
    times = "once" if len(report.hits) == 1 else f"{len(report.hits)} times"
    processes = len({hit.process for hit in report.hits})
    where = "" if processes == 1 else f" in {processes} processes"
    first = "" if report.first_hit is None else f", first after {report.first_hit:.1f} s"
    return f"stopped {times}{where}{first}"


def _ended(report: DebugReport) -> str:
    if report.ending == "itself":
        return f"the program ended with status {report.status} after {report.seconds:.1f} s"
    if report.ending == "hit":
        return "the program was ended then"
    return f"the program was ended after {report.seconds:.0f} s"


def _variables(hit: Hit) -> list[str]:
    from scaffold.ide.debug import variables_by_name

    if hit.problem:
        return [hit.problem]
    seen = {name: " ".join(value.split()) for name, value in variables_by_name(hit).items()}
    column = max(map(width, seen), default=0) + 2
    lines = [
        name
        + " " * (column - width(name))
        + (value if len(value) <= VALUE_WIDTH else value[: VALUE_WIDTH - 1] + "…")
        for name, value in seen.items()
    ]
    return [*lines[:SHOWN], *([f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])]


def _below(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _json(plans: Sequence[DebugPlan], reports: Sequence[DebugReport]) -> str:
    from scaffold.pycharm.debugging.python_command import debugged
    from scaffold.results import envelope
    from scaffold.sources.keys import shown_arguments

    return envelope(
        "scaffold/debug/1",
        runs=[
            {
                "name": plan.name,
                "argv": shown_arguments(debugged(plan.launch.argv, plan.engine.script, 0)),
                "cwd": plan.launch.cwd,
                "before": [step.name for step in plan.steps],
                "engine": plan.engine,
                "places": plan.places,
            }
            for plan in plans
        ],
        reports=[
            {
                "name": report.name,
                "hit": report.was_hit,
                "reason": report.reason,
                "hits": report.hits,
                "reached_start": report.reached_start,
                "connections": report.connections,
                "ending": report.ending,
                "status": report.status,
                "seconds": report.seconds,
                "first_hit": report.first_hit,
                "problems": report.problems,
                "output": report.output,
            }
            for report in reports
        ],
    )
