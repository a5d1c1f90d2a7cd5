"""``scaffold env gc``: say what can be freed; delete what is scaffold's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.gc import GcPlan
    from scaffold.environments.gc import Freeable


@click.command(name="gc")
@click.option("--delete", is_flag=True, help="Delete the left-overs that are scaffold's own.")
@click.option("--caches", is_flag=True, help="With --delete: what scaffold knows of this machine, too.")
@click.option("-n", "--dry-run", is_flag=True, help="Delete nothing (the default).")
@output_options("scaffold/env-gc/1")
def command(*, delete: bool, caches: bool, dry_run: bool, output: Output) -> None:
    """Say what of the project's environments and of the caches can be freed, and how much.

    Left-overs of interrupted work are deleted with --delete; for the rest it names the command. An
    environment that an interrupted run put aside is no left-over: the next run brings it back. Room that an
    environment and a cache share by links comes back when both are gone.
    """
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.gc import carry_out, plan_gc
    from scaffold.errors import OptionRefused
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    if delete and dry_run:
        raise OptionRefused("--delete and --dry-run exclude each other", hint="leave out one of them")
    if caches and not delete:
        raise OptionRefused("--caches says what --delete may delete, too", hint="add --delete")
    with ProgressDisplay(output) as display:
        display.announce("adding up what lies on this disk")
        plan = plan_gc(HostSystem(), Path.cwd(), with_caches=caches)
    deleted = carry_out(plan) if delete else ()
    document = envelope(
        "scaffold/env-gc/1",
        done=delete,
        project=plan.root,
        found=plan.found,
        deleted=[one.path for one in deleted],
        advice=plan.advice,
    )
    output.result(document, [*_lines(plan), _summary(plan, deleted)], summary=_summary(plan, deleted))


def _lines(plan: GcPlan) -> Iterator[str]:
    from scaffold.cli.text import row, size
    from scaffold.shell import line

    for one in plan.found:
        shared = f" ({size(one.usage.shared)} more are shared by links)" if one.usage.shared else ""
        yield row(one.kind.capitalize(), f"{size(one.usage.freed)}{shared}: {one.path}")
        yield row("", one.why)
        if one.command:
            end = "bring it back" if one.kind == "waiting" else "free it"
            yield row("", f"{end} with: {line(*one.command)}")
    for text in plan.advice:
        yield row("Note", text)


def _summary(plan: GcPlan, deleted: tuple[Freeable, ...]) -> str:
    from scaffold.cli.text import size

    if deleted:
        return f"Freed {size(sum(one.usage.freed for one in deleted))}"
    ours = sum(one.usage.freed for one in plan.ours)
    return (
        f"scaffold env gc --delete frees {size(ours)}"
        if plan.ours
        else "Nothing here is scaffold's to delete"
    )
