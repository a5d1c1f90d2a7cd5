"""``scaffold env lock``: pin what a project's environments hold, for every machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import index_option, output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.env.lock import LockPlan
    from scaffold.environments.model import Backend

#: Changes that are printed one by one.
SHOWN = 30


@click.command(name="lock")
@click.option(
    "--upgrade",
    is_flag=False,
    flag_value="*",
    default="",
    metavar="[PACKAGE,...]",
    help="Take newer versions where there are some: of these packages, or of all where none is named.",
)
@click.option(
    "--group", default="", metavar="NAME", help="Lock this accelerator alone, such as cpu or cu126."
)
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where the lock is not up to date.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would change and write nothing.")
@index_option
@click.option(
    "--backend",
    type=click.Choice(["auto", "uv", "pip", "conda"]),
    default="auto",
    show_default=True,
    help="What resolves; pip locks for this machine alone; conda resolves nothing here, so it is auto.",
)
@output_options("scaffold/env-lock/1")
@in_project()
def command(
    *, upgrade: str, group: str, check: bool, dry_run: bool, index: str, backend: Backend, output: Output
) -> None:
    """Pin every package of the project around this folder, for every machine.

    Writes uv.lock, and for each accelerator group of pyproject.toml pylock.GROUP.toml and
    requirements/lock-GROUP.txt; all belong into version control. `scaffold env sync` installs from them.
    """
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.env.lock import carry_out, plan_lock, refuse_stale
    from scaffold.system import HostSystem

    names = tuple(name.strip() for name in upgrade.split(",") if name.strip())
    with ProgressDisplay(output) as display:
        plan = plan_lock(
            HostSystem(),
            Path.cwd(),
            group=group,
            upgrade=names,
            index=index,
            backend=backend,
            check=check,
            announce=display.announce,
        )
    if check:
        refuse_stale(plan)
    writes = not (check or dry_run)
    written = carry_out(plan) if writes else plan.differing
    lines = lock_lines(plan, written, done=writes)
    summary = f"{'Written' if writes else 'Would write'}: {', '.join(map(str, written))}" if written else ""
    output.result(_json(plan, written, done=writes), lines, summary=summary)


def lock_lines(plan: LockPlan, written: tuple[object, ...], *, done: bool) -> list[str]:
    """The groups, what changes in them, the files that are or would be written."""
    from scaffold.cli.text import row

    lines = [row("Groups", ", ".join(plan.groups))]
    lines += _change_lines(plan)
    lines += [row("Note", notice) for notice in plan.notices]
    if not written:
        return [*lines, row("Lock", "up to date: nothing to write")]
    label = "Written" if done else "Would write"
    return [*lines, *(row(label if not number else "", str(path)) for number, path in enumerate(written))]


def _change_lines(plan: LockPlan) -> list[str]:
    """A first lock in one line; of changes against an earlier one, as many as a person reads."""
    from scaffold.cli.text import row
    from scaffold.env.lock import change_text

    lines = [f"{group}: {count} packages" for group, count in plan.first.items()]
    known = [
        replace(one, groups=groups)
        for one in plan.changes
        if (groups := tuple(group for group in one.groups if group not in plan.first))
    ]
    more = [f"and {len(known) - SHOWN} more; all: --json"] if len(known) > SHOWN else []
    changed = [*map(change_text, known[:SHOWN]), *more]
    return [
        *(row("New" if not number else "", text) for number, text in enumerate(lines)),
        *(row("Change" if not number else "", text) for number, text in enumerate(changed)),
    ]


def _json(plan: LockPlan, written: tuple[object, ...], *, done: bool) -> str:
    from scaffold.results import envelope

    return envelope(
        "scaffold/env-lock/1",
        done=done,
        root=plan.root,
        groups=plan.groups,
        files=tuple(plan.files),
        differing=written,
        removed=plan.gone,
        changes=plan.changes,
        notices=plan.notices,
    )
