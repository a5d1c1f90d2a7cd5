"""``scaffold new``: from a name to a project that opens in PyCharm and trains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.foreign_options import as_option, foreign_options
from scaffold.cli.options import (
    completer,
    environment_options,
    facts_option,
    frameworks_of,
    ide_option,
    output_options,
    told_lines,
    wishes_of,
)

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.facts.model import Observed
    from scaffold.new import NewPlan, NewReport
    from scaffold.projects.model import Ide, TemplateKind
    from scaffold.setup import Wishes
    from scaffold.system import System


@click.command(name="new")
@click.argument("name", required=False)
@click.option(
    "-t",
    "--template",
    metavar="TEMPLATE",
    shell_complete=completer("template locations"),
    help="A template's name, or where it is: a folder, a .zip or .tar.gz, gh:owner/name, pkg:package, a git "
    "address.  [default: what NAME ends in]",
)
@click.option(
    "--template-version", metavar="TAG", default="", help="Its tag, branch or commit, where it is in git."
)
@as_option
@click.option(
    "-f",
    "--framework",
    type=click.Choice(["pytorch", "keras", "both"]),
    help="Frameworks of the project.  [default: both]",
)
@ide_option
@foreign_options
@environment_options
@click.option("--no-env", "environment", flag_value=False, default=True, help="Only write the files.")
@click.option("-n", "--dry-run", is_flag=True, help="Show the plan with all its reasons and do nothing.")
@facts_option
@output_options("scaffold/new/1")
def command(
    *,
    name: str | None,
    template: str | None,
    template_version: str,
    template_format: TemplateKind | None,
    framework: str | None,
    ide: Ide,
    yes: bool,
    environment: bool,
    dry_run: bool,
    facts: str | None,
    settings: tuple[str, ...],
    answers_file: Path | None,
    defaults: bool,
    trust: bool,
    output: Output,
    **wished: Any,
) -> None:
    """Make a project: files, Python environment, PyCharm files, proof.

    NAME is the project's folder; where it ends in a template's name and "-project", as in cnn-project,
    that template is taken. What is left open is asked on a terminal:
    template, name, frameworks. The templates:  scaffold templates
    """
    from scaffold.cli.foreign_options import given
    from scaffold.drawing.foreign import ForeignWishes
    from scaffold.new import NewRequest, plan_new
    from scaffold.system import HostSystem

    system = HostSystem()
    said = given(settings=settings, answers_file=answers_file, defaults=defaults, trust=trust)
    observed = _told(facts, dry_run=dry_run, environment=environment)
    name, template, framework = _answers(system, name, template, framework, output)
    wishes = wishes_of(frameworks=frameworks_of(framework), **wished)
    request = NewRequest(
        name=name, parent=Path.cwd(), wishes=wishes, template=template, revision=template_version,
        format=template_format,
        environment=environment, observed=observed, ide=ide,
        foreign=ForeignWishes(
            answers=said.answers, use_defaults=said.defaults, trust=said.trust, ask=output.asks,
            rehearse=dry_run,
        ),
    )  # fmt: skip
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.cli.talk import Talk

    with ProgressDisplay(output) as display:
        talk = Talk(system, display.aside, yes=yes, asks=output.asks)
        plan = plan_new(system, request, display.announce, talk)
    if dry_run:
        about = told_lines(observed, facts)[:1] if observed is not None and facts is not None else []
        _show_dry_run(plan, about, output)
        return
    _show_plan(plan, output)
    from scaffold.cli.consent import agreed

    wishes = agreed(system, plan.setup, wishes, yes=yes, asks=output.asks)
    _show_report(plan, _carry_out(system, plan, wishes, output), output)


def _answers(
    system: System, name: str | None, template: str | None, framework: str | None, output: Output
) -> tuple[str, str | None, str | None]:
    """What the command line says, and on a terminal what it left open."""
    from scaffold.cli.dialogue import Answers, completed
    from scaffold.cli.options import retold

    given = Answers(name=name, template=template, framework=framework)
    more = retold(click.get_current_context(), less=("name", "template", "framework"))
    answers = completed(system, given, asks=output.asks, parent=Path.cwd(), more=more)
    assert answers.name is not None
    return answers.name, answers.template, answers.framework


def _told(facts: str | None, *, dry_run: bool, environment: bool) -> Observed | None:
    """The machine that ``--facts`` tells of: a plan or a project's files can be made for it."""
    if facts is None:
        return None
    if environment and not dry_run:
        from scaffold.errors import OptionRefused

        raise OptionRefused(
            "--facts tells of another machine: no environment can be made for it here",
            hint="add --no-env to write the files for it, or --dry-run to see the plan",
        )
    from scaffold.facts import read_facts

    return read_facts(facts)


def _show_dry_run(plan: NewPlan, about: list[str], output: Output) -> None:
    from scaffold.cli.plan_json import new_plan
    from scaffold.cli.plan_view import new_plan_lines

    lines = [*about, *new_plan_lines(plan, whole=True)]
    output.result(new_plan(plan), lines, summary=f"Planned: {plan.target}")


def _show_plan(plan: NewPlan, output: Output) -> None:
    from scaffold.cli.plan_view import new_plan_lines

    output.words(new_plan_lines(plan))


def _carry_out(system: System, plan: NewPlan, wishes: Wishes, output: Output) -> NewReport:
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.new import carry_out

    with ProgressDisplay(output) as display:
        return carry_out(system, plan, wishes, display.announce, display.report)


def _show_report(plan: NewPlan, report: NewReport, output: Output) -> None:
    from scaffold.cli.plan_json import new_report
    from scaffold.cli.plan_view import new_report_lines, ready

    output.result(
        new_report(plan, report),
        new_report_lines(plan, report),
        summary=ready(plan, environment=report.setup is not None),
    )
