"""``scaffold templates open``: work on a template as on a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from scaffold.cli.options import completer, output_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.authoring.open import OpenPlan, OpenReport
    from scaffold.authoring.whose import Lent
    from scaffold.cli.output import Output

SCHEMA = "scaffold/templates-open/1"


@click.command(name="open")
@click.argument("template", shell_complete=completer("template locations"))
@click.option(
    "--to",
    "target",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The project's folder, which is made.",
)
@click.option(
    "-f", "--framework", type=click.Choice(["pytorch", "keras", "both"]), help="Frameworks.  [default: both]"
)
@click.option("--copy", "copies", is_flag=True, help="Copies to edit instead of links: edits stay in the project.")
@click.option("-n", "--dry-run", is_flag=True, help="Show which files would be links, and write nothing.")
@output_options(SCHEMA)
def command(
    *,
    template: str,
    target: Path,
    framework: Literal["pytorch", "keras", "both"] | None,
    copies: bool,
    dry_run: bool,
    output: Output,
) -> None:
    """Open a template as a project that can be run, debugged and linted.

    TEMPLATE is an installed one's name, pkg:PACKAGE/FOLDER or a folder. The project's files are links to
    those of the template and of the parts beside it: an edit in the one is an edit in the other. What another
    package brings is copied, read-only. What scaffold writes itself (pyproject.toml, .run, the rendered README)
    belongs to the project alone, as do files that are new.
    """
    from scaffold.authoring.open import OpenRequest, carry_out, plan_open
    from scaffold.cli.options import frameworks_of
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    request = OpenRequest(
        template=template, target=target.absolute(), folder=Path.cwd(), frameworks=frameworks_of(framework),
        copies=copies,
    )  # fmt: skip
    with ProgressDisplay(output) as display:
        plan = plan_open(system, request, display.announce)
        report = None if dry_run else carry_out(system, plan, display.announce)
    document = envelope(SCHEMA, done=report is not None, plan=_as_json(plan), report=report)
    output.result(document, _lines(plan) if report is None else _report_lines(plan, report))


def _lines(plan: OpenPlan) -> list[str]:
    from scaffold.cli.text import row

    lines = [row("Link", f"{path} -> {source}") for path, source in plan.links.items()]
    for one in plan.lent:
        lines += [row("Copy", f"{path}, of {one.distribution}") for path in one.files]
    lines += [row("Written", str(path)) for path in plan.made]
    copies = sum(len(one.files) for one in plan.lent)
    told = f"{len(plan.links)} links, {copies} copies, {len(plan.made)} files of its own"
    return [*lines, f"Planned: {plan.target}: {told}"]


def _report_lines(plan: OpenPlan, report: OpenReport) -> list[str]:
    from scaffold.cli.text import rows
    from scaffold.shell import line

    lines = [*rows("Links", f"{report.linked} files are the template's own: edits go into the template")]
    if report.copied:
        why = "as this system makes no links there" if plan.links else "as was asked for"
        lines += rows("Copies", f"{report.copied} files, {why}: edits stay here")
    for one in plan.lent:
        lines += _lent_lines(one, plan.project.template.folder)
    lines += rows("Its own", f"{len(plan.made)} files that scaffold wrote, and whatever is new here")
    lines += rows("Go on", f"{line('cd', report.target)} && {line('scaffold', 'env', 'create')}")
    return [*lines, click.style("Opened: ", fg="green", bold=True) + str(report.target)]


def _lent_lines(one: Lent, template: Path) -> Iterator[str]:
    """What is not the author's, and how it becomes so."""
    from scaffold.cli.text import counted, rows

    files = counted(len(one.files), "file")
    if not one.parts:
        yield from rows("Copies", f"{files} of the template, read-only: {one.distribution} is installed")
        get = f"get its source ({one.source})" if one.source else "get its source"
        yield from rows("To edit them", f"{get}, and open the template's folder there; or --copy for a look")
        return
    parts = f"{counted(len(one.parts), 'part')} of {one.distribution}: {', '.join(one.parts)}"
    yield from rows("Copies", f"{files} of {parts}; read-only, as other templates are made of them, too")
    yield from rows(
        "To edit a part", f"copy its folder from {one.folder} to {template.parent / 'parts'}, and name it there"
        ' without "scaffold:" (docs/templates.md)',
    )  # fmt: skip


def _as_json(plan: OpenPlan) -> dict[str, Any]:
    from scaffold.results import plain

    return {
        "folder": str(plan.target),
        "template": plan.project.template.name,
        "provider": plan.project.template.provider,
        "frameworks": plan.project.frameworks,
        "links": {str(path): str(source) for path, source in plan.links.items()},
        "copies": {
            str(path): {"distribution": one.distribution, "source": str(source)}
            for one in plan.lent
            for path, source in one.files.items()
        },
        "made": plain([str(path) for path in plan.made]),
    }
