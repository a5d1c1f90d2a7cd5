"""``scaffold env wheelhouse``: the wheels of a lock in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import output_options, source_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.wheelhouse import WheelhousePlan
    from scaffold.environments.locking.wheelhouse import Contents

SCHEMA = "scaffold/env-wheelhouse/1"


@click.command(name="wheelhouse")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--group",
    default="",
    metavar="NAME",
    help="Take this accelerator's lock; chosen for this machine if not given.",
)
@source_options
@click.option("-n", "--dry-run", is_flag=True, help="Show what is there and what is missing, and do nothing.")
@output_options(SCHEMA)
@in_project()
def command(
    *, folder: Path | None, group: str, index: str, python: str | None, dry_run: bool, output: Output
) -> None:
    """Download every wheel of this machine's lock into one folder, hashes checked.

    FOLDER is `wheelhouse` in the project if not given. What is there and right is kept, so that an
    interrupted download goes on. Take the folder anywhere: `scaffold env sync --wheelhouse FOLDER`
    makes the environment from it without a network.
    """
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.sync import SyncWishes
    from scaffold.env.wheelhouse import carry_out, plan_wheelhouse
    from scaffold.system import HostSystem

    system = HostSystem()
    wishes = SyncWishes(group=group, python=python, index=index, replace=True)
    with ProgressDisplay(output) as display:
        plan = plan_wheelhouse(system, Path.cwd(), folder, wishes, display.announce)
    if dry_run:
        lines = _lines(plan, plan.there)
        output.result(_json(plan, plan.there, (), done=False), lines, summary=lines[1])
        return
    with ProgressDisplay(output) as display:
        found, replaced = carry_out(system, plan, display.report)
    lines = _lines(plan, found, replaced)
    document = _json(plan, found, replaced, done=True)
    output.result(document, [*lines, *_next(plan)], summary=lines[1])


def _lines(plan: WheelhousePlan, found: tuple[Contents, ...], replaced: tuple[str, ...] = ()) -> list[str]:
    from scaffold.cli.text import row, size

    lines = []
    for chosen, one in zip(plan.sync.chosen, found, strict=True):
        lines.append(row("Lock", f"{chosen.lock.path}"))
        lines.append(row("Wheels", f"{plan.folder}: {len(one.whole)} there, {size(one.size)}"))
        lines += [row("Missing", missing.shown) for missing in one.missing]
        lines += [row("Damaged", path.name) for path in one.corrupt]
    return [*lines, *(row("Replaced", f"{name}: it was not what the lock says") for name in replaced)]


def _next(plan: WheelhousePlan) -> list[str]:
    from scaffold.cli.plan_view import relative
    from scaffold.environments.locking.files import pip_command
    from scaffold.shell import line

    folder = str(relative(plan.folder))
    source = ("--no-index", "--find-links", folder)
    locks = [one.lock for one in plan.sync.chosen]
    with_pip = [pip_command(one.packages, *source, lock=str(relative(one.path))) for one in locks]
    return [
        "Without a network:",
        f"  {line('scaffold', 'env', 'sync', '--wheelhouse', folder)}",
        *(["or with pip, each in an environment of its own:"] if len(locks) > 1 and all(with_pip) else []),
        *(f"  {line(*command)}" for command in with_pip if command),
    ]


def _json(plan: WheelhousePlan, found: tuple[Contents, ...], replaced: tuple[str, ...], *, done: bool) -> str:
    from scaffold.results import envelope

    wheels = [
        {
            "lock": str(chosen.lock.path),
            "there": {name: str(path) for name, path in one.whole.items()},
            "size": one.size,
            "missing": one.missing,
            "damaged": one.corrupt,
        }
        for chosen, one in zip(plan.sync.chosen, found, strict=True)
    ]
    return envelope(
        SCHEMA,
        done=done,
        folder=plan.folder,
        missing_size=plan.missing_size,
        wheels=wheels,
        replaced=replaced,
    )
