"""``scaffold templates check``: whether a template is fit for use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import completer, frameworks_of, index_option, output_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.cli.output import Output
    from scaffold.setup import Wishes
    from scaffold.system import System
    from scaffold.template_checks.model import Row
    from scaffold.template_checks.workflow import CheckPlan, CheckReport

SCHEMA = "scaffold/template-check/1"

#: How a status is shown.
COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow"}


@click.command(name="check")
@click.argument("templates", nargs=-1, metavar="[NAME|FOLDER|LOCATION]...", shell_complete=completer("template locations"))
@click.option("--fast", is_flag=True, help="Only what needs no environment; takes seconds.")
@click.option(
    "-f",
    "--framework",
    type=click.Choice(["pytorch", "keras", "both"]),
    help="Frameworks of the project that is run.  [default: all that the template has]",
)
@click.option(
    "--python",
    "ready",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="An environment that is ready, or its Python: it is used as it is, and none is made.",
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Leave what is rendered and made in DIR, an empty folder, instead of throwing it away.",
)
@index_option
@click.option("--allow-cuda", is_flag=True, help="Take a CUDA build on a machine without a GPU too.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be checked and downloaded.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before the download.")
@output_options(SCHEMA)
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    templates: tuple[str, ...],
    framework: str | None,
    keep: Path | None,
    index: str,
    allow_cuda: bool,
    dry_run: bool,
    output: Output,
    **options: Any,
) -> None:
    """Check templates: manifests, every selection of frameworks, lint, types, tests, smoke runs.

    Without an argument: the template in this folder, or those in the folders of this one. A project of each
    is made in a scratch folder with an environment for this machine, and run. Exit status 1 where a check
    fails; what was skipped is said, and counts for nothing.
    """
    from scaffold.results import envelope
    from scaffold.setup import Wishes
    from scaffold.template_checks.reading import located, read
    from scaffold.template_checks.scratch import scratch_folder, wanted
    from scaffold.template_checks.workflow import Aside

    system, documents, lines = Aside(), [], list[str]()
    wishes = Wishes(frameworks=frameworks_of(framework), index=index, allow_cuda=allow_cuda)
    ok = True
    with scratch_folder(keep) as scratch:
        for number, text in enumerate(wanted(templates, Path.cwd()), start=1):
            with located(text, system, Path.cwd()) as folder:
                reading = read(folder, apart=True)
                place = scratch / f"{number}-{reading.name}"
                place.mkdir()
                plan, report = _checked(
                    system, reading, place, wishes, output=output, dry_run=dry_run, **options
                )
            documents.append(_as_json(plan, report))
            lines += [_summary(report)] if report else []
            ok = ok and (report is None or not report.count("failed"))
    document = envelope(SCHEMA, done=not dry_run, templates=documents)
    output.result(document, lines, summary="; ".join(lines))
    if not ok:
        context.exit(1)


def _checked(
    system: System,
    reading: Any,
    scratch: Path,
    wishes: Wishes,
    *,
    output: Output,
    dry_run: bool,
    fast: bool,
    ready: Path | None,
    yes: bool,
) -> tuple[CheckPlan, CheckReport | None]:
    """One template: its plan in words, an agreement, its rows as they come."""
    from dataclasses import replace

    from scaffold.cli.consent import agreed
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.cli.text import counted
    from scaffold.template_checks.workflow import PASSED_OVER, CheckRequest, carry_out, plan_check

    request = CheckRequest(reading=reading, scratch=scratch, wishes=wishes, fast=fast, python=ready)
    with ProgressDisplay(output) as display:
        plan = plan_check(system, request, display.announce)
    output.words(_plan_lines(plan))
    if dry_run:
        return plan, None
    if plan.setup is not None:
        wishes = agreed(system, plan.setup, wishes, yes=yes, asks=output.asks)
        plan = replace(plan, request=replace(request, wishes=replace(wishes, frameworks=plan.frameworks)))
    with ProgressDisplay(output) as display:
        report = carry_out(
            system,
            plan,
            display.announce,
            display.report,
            lambda row: _tell(output, row),
        )
    if left := sum(row.reason == PASSED_OVER for row in report.rows):
        output.words([f"{_status('skipped')} {counted(left, 'check')} more, {PASSED_OVER}"])
    return plan, report


def _plan_lines(plan: CheckPlan) -> list[str]:
    from scaffold.cli.plan_view import environment_lines
    from scaffold.cli.text import counted, row

    template = plan.template
    about = f" {template.version}, {', '.join(template.frameworks) or 'no framework'}" if template else ""
    lines = [row("Template", f"{plan.request.reading.name}{about}: {plan.request.reading.folder}")]
    lines.append(row("Checks", counted(len(plan.checks), "check")))
    for environment in plan.setup.environments if plan.setup else ():
        lines += environment_lines(environment)
    if plan.request.python is not None:
        lines.append(row("Environment", f"{plan.request.python}, used as it is"))
    return lines


def _tell(output: Output, one: Row) -> None:
    """A row as it comes; those that `--fast` leaves out are told together."""
    from scaffold.template_checks.workflow import PASSED_OVER

    if one.reason != PASSED_OVER:
        output.words(_row_lines(one))


def _row_lines(one: Row) -> Iterator[str]:
    from scaffold.cli.text import flat, row

    yield f"{_status(one.status)} {flat(one.check.id)}: {flat(one.reason or one.check.proves)}"
    if one.status == "failed":
        yield from (row("", f"  {line}") for line in one.output if line != one.reason)
        yield row("", f"what to do: {one.remedy}")


def _status(status: str) -> str:
    return click.style(status.ljust(8), fg=COLOURS[status])


def _summary(report: CheckReport) -> str:
    bad = report.count("failed")
    word = click.style("Failed", fg="red", bold=True) if bad else click.style("Passed", fg="green", bold=True)
    counts = [f"{report.count(one)} {one}" for one in COLOURS if report.count(one)]
    return f"{word}: {report.plan.request.reading.name}, {', '.join(counts)}"


def _as_json(plan: CheckPlan, report: CheckReport | None) -> dict[str, Any]:
    from scaffold.cli.plan_json import setup_plan
    from scaffold.results import plain

    template = plan.template
    return {
        "template": plan.request.reading.name,
        "version": template.version if template else None,
        "folder": plan.request.reading.folder,
        "frameworks": plan.frameworks,
        "checks": plain(plan.checks),
        "setup": setup_plan(plan.setup) if plan.setup else None,
        "rows": [_row_json(row) for row in report.rows] if report else None,
        "passed": None if report is None else not report.count("failed"),
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "id": row.check.id,
        "proves": row.check.proves,
        "status": row.status,
        "reason": row.reason,
        "output": row.output,
        "remedy": row.remedy if row.status == "failed" else "",
    }
