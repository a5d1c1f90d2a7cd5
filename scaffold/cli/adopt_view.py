"""An adoption in words, and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from scaffold.builds.model import TITLES
from scaffold.cli.text import counted, row
from scaffold.projects.folders import FURTHER, MAIN
from scaffold.shell import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.adopt.model import ProjectPlan, ProjectReport


def plan_lines(plan: ProjectPlan, *, whole: bool = False) -> list[str]:
    """What was seen, what will be written, which environment it gets."""
    found = plan.discovered
    what = [counted(found.scripts, "Python file")] if found.scripts else []
    what += [counted(found.notebooks, "notebook")] if found.notebooks else []
    lines = [row("Project", f"{plan.root}: {', '.join(what)}")]
    seen = {one: f"seen in {place}" for one, place in found.seen.items()}
    lines += [row(TITLES[one], seen.get(one, "asked for")) for one in plan.record.frameworks]
    if found.place:
        lines.append(row("Needs", f"{counted(len(found.requirements), 'package')} by {found.place}"))
        lines += [row("", one) for one in found.requirements] if whole else []
    if found.requires_python:
        lines.append(row("Python", found.requires_python))
    lines += _run_lines(plan)
    if plan.record.kind == "scaffold":
        lines += _template_lines(plan)
    lines += [row("" if number else "Template", one) for number, one in enumerate(plan.made)]
    lines += [row("Note", one) for one in plan.notices]
    lines += _environment_lines(plan, whole=whole)
    return lines + _file_lines(plan, whole=whole)


def _file_lines(plan: ProjectPlan, *, whole: bool) -> list[str]:
    """What will be written; of files that are there, each is named, for nobody expects it."""
    files = sorted(str(path) for path in plan.files)
    made = [one.path for one in plan.idea if one.action == "write"]
    folders = " and ".join(sorted({path.parts[0] for path in plan.files}, reverse=True))
    told = [f"{counted(len(files), 'file')} below {folders}"] if files else []
    told += [f"{len(made)} of PyCharm's below .idea"] if made else []
    told += ["VS Code's .vscode"] if plan.record.ide != "pycharm" else []
    lines = [row("Writes", " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:]))))] if told else []
    lines += [row("", one) for one in (*files, *made)] if whole else []
    changed = [one for one in plan.idea if one.action != "write"]
    for number, one in enumerate(changed):
        how = {"merge": "what is missing is added"}.get(one.action, one.action)
        interpreter = f"interpreter: {one.interpreter}" if one.interpreter else ""
        git = "git tracks it" if one.committed else ""
        text = "; ".join(filter(None, (how, interpreter, git)))
        lines.append(row("" if number else "Changes", f"{one.path}: {text}"))
    return lines


def _run_lines(plan: ProjectPlan) -> list[str]:
    lines = []
    for number, one in enumerate(plan.runs):
        before = {"module": ("python", "-m"), "pytest": ("pytest",)}.get(one.kind, ("python",))
        text = f"{one.name}: {line(*before, *filter(None, (one.target,)))}"
        lines.append(row("Run" if not number else "", text + (" (first)" if one.default else "")))
    if plan.own_runs:
        lines.append(row("Kept", f"run configurations of its own: {', '.join(plan.own_runs)}"))
    return lines


def _template_lines(plan: ProjectPlan) -> list[str]:
    record = plan.record
    name = f"{record.template} {record.template_version}"
    return [
        row("Template", f"{name} of {record.provider}: what the project is taken to be made from"),
        row("", "`scaffold update` will bring what later versions of it change, and nothing of today's:"),
        row("", "what differs from it now counts as your change, and what is missing as deleted by you"),
    ]


def _environment_lines(plan: ProjectPlan, *, whole: bool) -> list[str]:
    from scaffold.cli.env.adopt import environment_lines
    from scaffold.cli.plan_view import setup_plan_lines

    if plan.adopted is not None:
        return environment_lines(plan.adopted)
    return setup_plan_lines(plan.setup, whole=whole) if plan.setup is not None else []


def report_lines(plan: ProjectPlan, report: ProjectReport) -> list[str]:
    """What stands, what doctor says of it, what to do next, how to take it back."""
    from scaffold.cli.findings_view import finding_lines, summary_line
    from scaffold.cli.plan_view import setup_report_lines
    from scaffold.cli.run_list import first_to_start
    from scaffold.pycharm.reading.configurations import configurations

    lines = setup_report_lines(report.setup) if report.setup is not None else []
    if report.setup is None:
        lines += [row("Kept", f"{name}: what somebody wrote or chose there stays") for name in report.kept]
    notable = tuple(one for one in report.findings if one.level in ("error", "warning"))
    lines += ["", "Doctor looked at it.", *finding_lines(notable)]
    levels = Counter[str](one.level for one in report.findings if one.suppressed_by is None)
    lines += [summary_line(levels, sum(one.suppressed_by is not None for one in report.findings)), ""]
    if report.ignore:
        lines.append(row("Git", f"what is this machine's: add to .gitignore {' and '.join(report.ignore)}"))
    lines.append(row("Take back", "; ".join(_taking_back(plan))))
    first = first_to_start(configurations(report.root))
    lines += [row("Start one", line("scaffold", "run", first))] if first else []
    return [*lines, click.style("Adopted: ", fg="green", bold=True) + str(report.root)]


def _taking_back(plan: ProjectPlan) -> Iterator[str]:
    """Commands, in this order: the IDEs' files first, for the record tells which of them are ours."""
    if plan.record.ide != "vscode":
        yield "scaffold ide pycharm --undo"
    if plan.record.ide != "pycharm":
        yield "scaffold ide vscode --undo"
    environments = plan.setup.environments if plan.setup is not None else ()
    made = sorted({FURTHER if one.place.name else MAIN for one in environments}, reverse=True)
    yield line("rm", "-r", ".scaffold", *made, *(one for one in sorted(plan.files) if one.parts[0] == ".run"))
    if ".run" in plan.new_folders:
        yield "rmdir .run"


def document(plan: ProjectPlan, report: ProjectReport | None = None) -> str:
    """The same for programs."""
    from scaffold.cli.adopt import SCHEMA
    from scaffold.cli.env.adopt import as_json
    from scaffold.cli.findings_view import finding_rows
    from scaffold.cli.plan_json import setup_plan, setup_report
    from scaffold.results import envelope, plain

    record = plan.record
    planned: dict[str, Any] = {
        "folder": str(plan.root),
        "name": plain(record.name),
        "kind": record.kind,
        "template": {
            "name": record.template,
            "version": record.template_version,
            "provider": record.provider,
            "origin": record.origin,
            "revision": record.revision,
        },
        "frameworks": record.frameworks,
        "discovered": plain(plan.discovered),
        "files": sorted(str(path) for path in plan.files),
        "idea": plain(plan.idea),
        "runs": [one.name for one in plan.runs],
        "own_runs": plan.own_runs,
        "adopted": as_json(plan.adopted) if plan.adopted is not None else None,
        "setup": setup_plan(plan.setup) if plan.setup is not None else None,
        "notices": plan.notices,
    }
    if report is None:
        return envelope(SCHEMA, done=False, plan=planned)
    made = setup_report(report.setup) if report.setup is not None else None
    return envelope(
        SCHEMA, done=True, plan=planned, setup=made, kept=report.kept, ignore=report.ignore,
        findings=finding_rows(report.findings),
    )  # fmt: skip
