"""``scaffold templates new``: the beginning of a template of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import output_options

if TYPE_CHECKING:
    from scaffold.authoring.skeleton import SkeletonPlan
    from scaffold.cli.output import Output

SCHEMA = "scaffold/templates-new/1"


@click.command(name="new")
@click.argument("name")
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder in which the template's own is made.  [default: here]",
)
@click.option("--from", "source", metavar="TEMPLATE", default="cnn", show_default=True, help="Which one to copy: a name or a folder.")
@click.option("--package", is_flag=True, help="A distribution around it, which pip can install.")
@click.option("-n", "--dry-run", is_flag=True, help="Show the files and write nothing.")
@output_options(SCHEMA)
def command(*, name: str, folder: Path, source: str, package: bool, dry_run: bool, output: Output) -> None:
    """Make a template of your own.

    It begins as a copy of another, so that it trains, evaluates and passes its tests at once; the
    parts are not copied but named, as scaffold:images. Change what is yours and check it on the way.
    """
    from scaffold.authoring.skeleton import plan_skeleton, write_skeleton
    from scaffold.results import envelope

    plan = plan_skeleton(name, Path.cwd() / folder, source=source, package=package)
    if not dry_run:
        write_skeleton(plan)
    document = envelope(
        SCHEMA, done=not dry_run, name=name, folder=str(plan.target), template=str(plan.target / plan.template),
        source=plan.source.name, notices=plan.notices, files=[str(path) for path in plan.files],
    )  # fmt: skip
    output.result(document, _planned_lines(plan) if dry_run else _lines(plan, package=package))


def _planned_lines(plan: SkeletonPlan) -> list[str]:
    from scaffold.cli.text import row

    lines = [*(row("", str(path)) for path in plan.files), *(row("Note", one) for one in plan.notices)]
    return [*lines, f"Planned: {plan.target}: {len(plan.files)} files"]


def _lines(plan: SkeletonPlan, *, package: bool) -> list[str]:
    from scaffold.cli.text import row
    from scaffold.shell import line

    folder = plan.target / plan.template
    named = plan.name if package else str(folder)
    lines = [row("Template", f"{folder}, a copy of {plan.source.name} without its parts")]
    lines += [row("Install", line("pip", "install", "--editable", plan.target))] if package else []
    lines += [
        row("Work on it", line("scaffold", "templates", "open", named, "--to", f"{plan.name}-live")),
        row("Check it", line("scaffold", "templates", "check", named)),
        row("Use it", line("scaffold", "new", f"my-{plan.name}", "-t", named)),
    ]
    lines += [row("Note", one) for one in plan.notices]
    return [*lines, click.style("Made: ", fg="green", bold=True) + str(plan.target)]
