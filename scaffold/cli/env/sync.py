"""``scaffold env sync``: make the environment exactly what the lock says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import output_options, source_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.sync import SyncPlan
    from scaffold.environments.model import Backend
    from scaffold.setup import SetupReport
    from scaffold.system import System

SCHEMA = "scaffold/env-sync/1"


@click.command(name="sync")
@click.option(
    "--locked",
    "group",
    default="",
    metavar="GROUP",
    help="Take this accelerator's lock, such as cpu; chosen for this machine if not given.",
)
@click.option(
    "--frozen", is_flag=True, help="Take the lock as it is, also where pyproject.toml asks for more."
)
@click.option(
    "--lock",
    "lock_first",
    is_flag=True,
    help="Where the project has no lock yet, make it first as `scaffold env lock` does; not with --dry-run.",
)
@click.option(
    "--wheelhouse",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Install from this folder of wheels alone, without a network: see scaffold env wheelhouse.",
)
@source_options
@click.option(
    "--backend",
    type=click.Choice(["auto", "uv", "pip", "conda"]),
    default="auto",
    show_default=True,
    help="What installs; auto takes what made the lock, uv where it is there; conda makes the environment"
    " alone.",
)
@click.option(
    "--replace", is_flag=True, help="Replace an environment that you made, or forget an adopted one."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask before the download.")
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan with all its reasons and do nothing.")
@output_options(SCHEMA)
@in_project()
def command(
    *,
    group: str,
    frozen: bool,
    lock_first: bool,
    wheelhouse: Path | None,
    index: str,
    python: str | None,
    backend: Backend,
    replace: bool,
    yes: bool,
    dry_run: bool,
    output: Output,
) -> None:
    """Make the environment exactly what the project's lock for this machine says.

    What the lock does not name goes away, what differs is replaced; the old environment stays until the
    new one was tried and computes. Make the lock with `scaffold env lock`, or the first one with --lock.
    """
    from scaffold.cli.consent import agreed, demand_agreement
    from scaffold.cli.plan_view import setup_report_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.first_lock import lock_where_missing
    from scaffold.env.sync import SyncWishes, carry_out, plan_sync
    from scaffold.setup import Wishes
    from scaffold.system import HostSystem

    system, source = HostSystem(), str(wheelhouse) if wheelhouse else index
    agreed_to_it = demand_agreement(system, replace=replace, asks=output.asks)
    wishes = SyncWishes(
        group=group, python=python, index=source, backend=backend, frozen=frozen, replace=agreed_to_it
    )
    if lock_first and dry_run and _is_first_told(system, source, backend, output):
        return
    with ProgressDisplay(output) as display:
        if lock_first and not dry_run:
            lock_where_missing(system, Path.cwd(), index=source, backend=backend, announce=display.announce)
        plan = plan_sync(system, Path.cwd(), wishes, display.announce)
    if plan.unchanged or dry_run:
        planned = "" if plan.unchanged else f"Planned: the environment of {plan.root}"
        output.result(_json(plan, done=plan.unchanged), _lines(plan, whole=dry_run), summary=planned)
        return
    output.words(_lines(plan))
    agreed(system, plan.setup, Wishes(frameworks=plan.record.frameworks), yes=yes, asks=output.asks)
    with ProgressDisplay(output) as display:
        report = carry_out(system, plan, display.announce, display.report)
    lines = setup_report_lines(report)
    output.result(_json(plan, report, done=True), lines, summary=lines[0])


def _is_first_told(system: System, source: str, backend: Backend, output: Output) -> bool:
    """Whether the project has no lock: then the one that would be made is told."""
    from scaffold.cli.env.lock import lock_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.cli.text import row
    from scaffold.env.first_lock import plan_where_missing
    from scaffold.results import envelope

    with ProgressDisplay(output) as display:
        first = plan_where_missing(
            system, Path.cwd(), index=source, backend=backend, announce=display.announce
        )
    if first is None:
        return False
    lines = [
        *lock_lines(first, first.differing, done=False),
        row("Environment", "made of that lock: what it comes to on this machine is known once it stands"),
    ]
    told = {"groups": first.groups, "files": first.differing, "notices": first.notices}
    document = envelope(SCHEMA, done=False, unchanged=False, locks=(), plan=None, first_lock=told)
    output.result(document, lines, summary=f"Planned: a lock, and the environment of {first.root}")
    return True


def _lines(plan: SyncPlan, *, whole: bool = False) -> list[str]:
    from scaffold.cli.plan_view import setup_plan_lines
    from scaffold.cli.text import row

    lines = []
    for one in plan.chosen:
        lines.append(row("Lock", f"{one.lock.path}: {len(one.lock.packages)} packages"))
        lines += [row("", f"because {reason}") for reason in one.reasons]
        lines += [row("", f"not {other.group}: {other.why[0]}") for other in one.turned_down]
    if plan.unchanged:
        lines.append(row("Environment", "exactly so already: nothing to do"))
        return lines if whole else lines[-1:]
    return [*lines, *setup_plan_lines(plan.setup, whole=whole)]


def _json(plan: SyncPlan, report: SetupReport | None = None, *, done: bool) -> str:
    from scaffold.cli.plan_json import setup_plan, setup_report
    from scaffold.results import envelope

    locks = [
        {
            "group": one.lock.group,
            "path": str(one.lock.path),
            "reasons": one.reasons,
            "turned_down": [{"group": other.group, "why": other.why} for other in one.turned_down],
            "notices": one.notices,
        }
        for one in plan.chosen
    ]
    made = setup_report(report) if report is not None else {}
    return envelope(
        SCHEMA, done=done, unchanged=plan.unchanged, locks=locks, plan=setup_plan(plan.setup), **made
    )
