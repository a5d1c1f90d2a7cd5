"""``scaffold adopt``: a project that somebody else made, looked after from now on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import environment_options, ide_option, output_options, wishes_of

if TYPE_CHECKING:
    from scaffold.adopt.model import ProjectPlan
    from scaffold.builds.model import Framework
    from scaffold.cli.output import Output
    from scaffold.projects.model import Ide

SCHEMA = "scaffold/adopt-project/1"


@click.command(name="adopt")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--name", help="What the project is called; as it calls itself if not given.")
@click.option(
    "-f",
    "--framework",
    type=click.Choice(["pytorch", "keras", "both", "none"]),
    help="Frameworks of the project; seen by its requirements, else by its code, if not given.",
)
@click.option(
    "-t",
    "--template",
    default="",
    metavar="TEMPLATE",
    help="Take the project to be made from this template, so that `scaffold update` works.",
)
@click.option(
    "--no-template",
    "noted",
    flag_value=False,
    default=True,
    help="Leave out the template that copier or cruft made the project from; nothing is fetched.",
)
@ide_option
@environment_options
@click.option(
    "--no-env", "environment", flag_value=False, default=True, help="Adopt and make no environment."
)
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan with all its reasons and do nothing.")
@output_options(SCHEMA)
def command(
    *,
    path: Path | None,
    name: str | None,
    framework: str | None,
    template: str,
    noted: bool,
    ide: Ide,
    yes: bool,
    environment: bool,
    dry_run: bool,
    output: Output,
    **wished: Any,
) -> None:
    """Make a project that is there already one that scaffold looks after.

    PATH is its folder; the one that you are in, if not given. Its code and its settings stay as they are: a
    record is written below .scaffold, run configurations below .run, and the environment that lies in the
    folder is used as it is, or one is made from what the project asks for. PyCharm's files in .idea are made
    where they are missing; those that are there get what is missing in them, also where git tracks them, and
    name the environment in place of an interpreter that no PyCharm here knows: --dry-run names each. Then
    doctor looks at it.

    Where copier or cruft made the project, the template that their file in it names is fetched and rendered
    as it was then, without running any of its code: `scaffold update` brings its later versions.

    All of that is planned without starting anything of the project. On a terminal you are asked before the
    Python of an environment that lies there is started, unless --yes says so.
    """
    from scaffold.adopt.model import Request
    from scaffold.adopt.plan import plan_adoption
    from scaffold.cli.adopt_view import document, plan_lines
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.files import absolute
    from scaffold.system import HostSystem

    system = HostSystem()
    request = Request(
        root=absolute(path or Path.cwd()), named=path is not None, wishes=wishes_of(**wished), name=name,
        frameworks=_frameworks(framework), template=template, noted=noted, environment=environment, ide=ide,
    )  # fmt: skip
    with ProgressDisplay(output) as display:
        plan = plan_adoption(system, request, display.announce)
    if dry_run:
        lines = plan_lines(plan, whole=True)
        output.result(document(plan), lines, summary=f"Planned: {plan.root}")
        return
    output.words(plan_lines(plan))
    _carry_out(plan, request.wishes, output, yes=yes)


def _frameworks(choice: str | None) -> tuple[Framework, ...] | None:
    chosen: dict[str, tuple[Framework, ...]] = {
        "pytorch": ("pytorch",), "keras": ("keras",), "both": ("pytorch", "keras"), "none": (),
    }  # fmt: skip
    return None if choice is None else chosen[choice]


def _carry_out(plan: ProjectPlan, wishes: Any, output: Output, *, yes: bool) -> None:
    from scaffold.adopt.make import carry_out
    from scaffold.cli.adopt_view import document, report_lines
    from scaffold.cli.consent import agreed
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.system import HostSystem

    system = HostSystem()
    if plan.adopted is not None and system.interactive and output.asks and not yes:
        where = plan.adopted.environment.location  # in a folder of strangers, any program
        click.confirm(f"Start the Python in {where}, and go on?", default=True, abort=True, err=True)
    if plan.setup is not None:
        wishes = agreed(system, plan.setup, wishes, yes=yes, asks=output.asks)
    with ProgressDisplay(output) as display:
        report = carry_out(system, plan, wishes, display.announce, display.report)
    lines = report_lines(plan, report)
    output.result(document(plan, report), lines, summary=lines[-1])
