"""``scaffold ide pycharm``: a folder made ready for PyCharm, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import in_project
from scaffold.cli.options import output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.ide.pycharm import PycharmPlan
    from scaffold.pycharm.model import IdeaReport

SCHEMA = "scaffold/ide-pycharm/1"


@click.command(name="pycharm")
@click.argument("path", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--trust/--no-trust",
    default=None,
    help="Let PyCharm open this one folder without asking for trust; as it is for what you made here.",
)
@click.option("--no-register", is_flag=True, help="Write the folder's files and leave PyCharm's settings.")
@click.option("--create-config", is_flag=True, help="Make the settings of a PyCharm that never ran, too.")
@click.option("--repair", is_flag=True, help="Set files aside that are no XML, and write them anew.")
@click.option("--undo", is_flag=True, help="Take back what was written for this folder, which may be gone.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be written, where and why.")
@output_options(SCHEMA)
@in_project("path")
def command(
    *,
    path: Path,
    trust: bool | None,
    no_register: bool,
    create_config: bool,
    repair: bool,
    undo: bool,
    dry_run: bool,
    output: Output,
) -> None:
    """Make a folder open in PyCharm with its interpreter, its roots and no question.

    PATH is a project that scaffold made, or any folder with a pyproject.toml or a .venv. Its .idea is
    written, or merged into the one that is there, and its interpreter entered in the settings of every
    PyCharm that is closed; for one that is open, what is left to click is said.
    """
    from scaffold.ide.pycharm import carry_out, plan_pycharm
    from scaffold.pycharm.registration.plan import Wish
    from scaffold.system import HostSystem

    system = HostSystem()
    if undo:
        _refuse_together(
            trust=trust is not None, no_register=no_register, create_config=create_config, repair=repair
        )
        from scaffold.cli.undo_view import undo as take_back

        take_back(system, path, output, SCHEMA, dry_run=dry_run)
        return
    if not path.is_dir():
        raise click.BadParameter(f"Directory '{path}' does not exist.", param_hint="'[PATH]'")
    wish = Wish(register=not no_register, trust=trust, repair=repair)
    plan = plan_pycharm(system, path, wish, create_config=create_config)
    if dry_run:
        output.result(_json(plan, None), _plan_lines(plan), summary=f"Planned: {plan.root}")
        return
    report = carry_out(system, plan)
    summary = f"{_headline(plan, report)}: {plan.root}"
    output.result(_json(plan, report), _report_lines(plan, report), summary=summary)
    ides = report.registration.ides if report.registration else ()
    if any(one.outcome == "failed" for one in ides):
        click.get_current_context().exit(1)


def _refuse_together(**given: bool) -> None:
    from scaffold.errors import OptionRefused

    both = [f"--{name.replace('_', '-')}" for name, said in given.items() if said]
    if both:
        raise OptionRefused(
            f"--undo takes back what {' and '.join(both)} would write", hint="say one of them"
        )


def _project_lines(plan: PycharmPlan) -> list[str]:
    from scaffold.cli.text import row

    made = "made by scaffold" if plan.ours else "not made by scaffold"
    lines = [row("Project", f"{plan.root} ({made}), module {plan.project.module}")]
    cure = "scaffold env create" if plan.ours else "python -m venv .venv"
    if plan.project.interpreter is None:
        return [*lines, row("Interpreter", f"none: there is no environment yet; make one with {cure}")]
    further = [(one.interpreter, one.sdk_name) for one in plan.project.further]
    for python, name in ((plan.project.interpreter, plan.project.sdk_name), *further):
        missing = f"{python}: it is not there; make the environment anew with {cure}"
        lines.append(row("Interpreter", f"{python}, named {name}" if name else missing))
    return lines


def _plan_lines(plan: PycharmPlan) -> list[str]:
    from scaffold.cli.text import row

    lines = _project_lines(plan)
    for one in plan.files.files:
        because = f": {'; '.join(one.reasons)}" if one.reasons else ""
        if one.action != "unchanged":
            lines.append(row(one.action.capitalize(), f"{one.path}{because}"))
    if not plan.files.changes:
        lines.append(row("Unchanged", "every file below .idea"))
    for step in plan.registration.steps:
        old = ", older than what scaffold is made for" if step.folder.is_old else ""
        head = f"{step.folder.title}{old}: "
        names = " and ".join(filter(None, [*(sdk.name for sdk in step.sdks), "trust" if step.trust else ""]))
        if step.outcome == "registered":
            what = f"enters {names or 'nothing new'} below {step.folder.path / 'options'}: {step.why}"
        else:
            what = {"open": "left as it is", "failed": "not possible", "unchanged": "unchanged"}[step.outcome]
            what += f": {step.why}" if step.why else ""
        lines.append(row("PyCharm", head + what))
    return [*lines, *_beside(plan), *(row("Note", note) for note in plan.registration.notes)]


def _beside(plan: PycharmPlan) -> list[str]:
    """What becomes of an interpreter that is entered where somebody chose another one.

    The module's counts for its code; the project's one, in misc.xml, for what lies in no module.
    """
    from scaffold.cli.text import row

    names = " and ".join(sdk.name for sdk in plan.registration.sdks)
    chosen = [one.path for one in plan.files.files if one.stays]
    told = any(step.outcome in {"registered", "unchanged"} for step in plan.registration.steps)
    if not names or not told or not chosen:
        return []
    if any(path.endswith(".iml") for path in chosen):
        text = f"the interpreter that somebody chose for this project stays; beside it {names} can be chosen"
    else:
        text = f"the module uses {names}; what somebody chose for the project as a whole stays beside it"
    return [row("Note", text)]


def _report_lines(plan: PycharmPlan, report: IdeaReport) -> list[str]:
    from scaffold.cli.registration_view import entered_lines
    from scaffold.cli.text import row

    lines = _project_lines(plan)
    written = len(report.written)
    lines.append(
        row(".idea", f"{written} files written" if written else "nothing to do: it is as it should be")
    )
    lines += [row("Note", notice) for notice in report.notices]
    if report.registration is not None:
        lines += [*entered_lines(report.registration, plan.root), *_beside(plan)]
    said = _headline(plan, report)
    colour = "green" if said == READY else "yellow"
    return [*lines, click.style(f"{said}: ", fg=colour, bold=True) + str(plan.root)]


READY = "Ready for PyCharm"


def _headline(plan: PycharmPlan, report: IdeaReport) -> str:
    """What can be said of the whole: files alone open no project with its interpreter."""
    done = report.registration
    ides = done.ides if done else ()
    if not plan.project.sdk_name:  # none, or one whose interpreter is gone
        return "The files are ready, an environment is missing"
    if any(one.outcome == "failed" for one in ides) or (done and done.refused):
        return "The files are ready, not every PyCharm could be told"
    if any(one.outcome == "open" and one.click for one in ides):
        return "The files are ready; PyCharm is open: what is left to click there is said above"
    if plan.registration.never_ran:
        return f"The files are ready; {_first_opening(plan)}"
    return READY if ides else "The files are ready; PyCharm's settings were left as they are"


def _first_opening(plan: PycharmPlan) -> str:
    """What a PyCharm does that has no settings yet: from 2025.3 on it takes what lies in the project."""
    python, root = plan.project.interpreter, plan.root
    if python is None or not python.is_relative_to(root):
        return "once PyCharm has run, this command tells it of the interpreter"
    return f"PyCharm will take {python.relative_to(root).parts[0]} when it first opens the folder"


def _json(plan: PycharmPlan, report: IdeaReport | None) -> str:
    from scaffold.results import envelope, plain

    files = [
        {"path": one.path, "action": one.action, "reasons": one.reasons, "backup": one.backup}
        for one in plan.files.files
    ]
    return envelope(
        SCHEMA,
        done=report is not None,
        root=plan.root,
        module=plan.project.module,
        interpreter=plan.project.interpreter if plan.project.sdk_name else None,  # None: it is not there
        name=plan.project.sdk_name,
        made_by_scaffold=plan.ours,
        files=files,
        steps=plain(plan.registration.steps),
        notes=plan.registration.notes,
        report=None if report is None else plain(report),
    )
