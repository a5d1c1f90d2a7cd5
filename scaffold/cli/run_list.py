"""``scaffold run`` without a name: the run configurations of a project, and what each starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scaffold.pycharm.model import ConfigurationFile


def in_template_order(
    found: Sequence[ConfigurationFile], summaries: Mapping[str, str]
) -> list[ConfigurationFile]:
    """The order in which the template names its runs, so that training stands before evaluation."""
    places = {name: place for place, name in enumerate(summaries)}
    groups: dict[str, int] = {}
    for one in found:
        place = places.get(one.name, len(places))
        groups[one.folder] = min(place, groups.get(one.folder, place))
    return sorted(found, key=lambda one: (groups[one.folder], places.get(one.name, len(places))))


def list_lines(found: Sequence[ConfigurationFile], summaries: Mapping[str, str]) -> list[str]:
    """A line each, below the heading of its group; what it starts stands below its summary."""
    from scaffold.cli.text import width
    from scaffold.shell import line

    if not found:
        return ["This project has no run configurations."]
    column = max(width(one.name) for one in found) + 2
    lines: list[str] = []
    group = None
    for one in found:
        if one.folder != group:
            group = one.folder
            lines += [*([""] if lines else []), *([click.style(group, bold=True)] if group else [])]
        name = one.name + " " * (column - width(one.name))
        summary = summaries.get(one.name, "")
        starts = starts_text(one)
        lines.append(f"  {click.style(name, fg='cyan')}{summary or starts}")
        if summary:
            lines.append(f"  {' ' * column}{click.style(starts, dim=True)}")
    lines += _twice(found)
    example = first_to_start(found, known_order=bool(summaries))
    return [*lines, "", f"Start one:  {line('scaffold', 'run', example)}"] if example else lines


def first_to_start(found: Sequence[ConfigurationFile], *, known_order: bool = False) -> str:
    """The name of the one to begin with: the first in a template's order, else by what programs are called.

    "" where none can be started.
    """
    from scaffold.projects.discovery.runs import started_first

    usable = [one for one in found if not one.problem and one.kind]
    if not known_order:
        usable.sort(key=lambda one: (one.kind == "pytest", started_first(one.name)))
    return usable[0].name if usable else ""


def _twice(found: Sequence[ConfigurationFile]) -> list[str]:
    """A warning for each name that two have: only the first of them is ever started."""
    from collections import Counter

    names = [name for name, times in Counter(one.name for one in found).items() if times > 1]
    return [f"  {click.style('warning', fg='yellow')}: {same_name(found, name)}" for name in names]


def same_name(found: Sequence[ConfigurationFile], name: str) -> str:
    """Which of several run configurations of one name is started; "" where there is one."""
    files = [str(one.path) for one in found if one.name == name]
    if len(files) < 2:
        return ""
    return (
        f"{len(files)} are called {name!r}; {files[0]} is the one that is started, not {', '.join(files[1:])}"
    )


def starts_text(one: ConfigurationFile) -> str:
    """What a configuration starts, as short as it can be said."""
    if one.problem:
        return f"cannot be read: {one.problem}"
    target, arguments = starts(one)
    match one.kind:
        case "module" | "torchrun":
            return f"python -m {target} {arguments}".rstrip()
        case "script":
            return f"python {target} {arguments}".rstrip()
        case "compound":
            return " and ".join(name for name, _ in one.members) + ", side by side"
        case "pytest":
            return " ".join(filter(None, ("pytest", arguments, target)))
        case _:
            return f"{one.type}: only the IDE itself starts it"


def starts(one: ConfigurationFile) -> tuple[str, str]:
    """Target and arguments as they are written, less the project's folder."""
    if one.kind == "pytest":
        target, arguments = (one.test_option(n) for n in ("_new_target", "_new_additionalArguments"))
    else:
        target, arguments = (one.options.get(n, "") for n in ("SCRIPT_NAME", "PARAMETERS"))
    return target.removeprefix("$PROJECT_DIR$/"), _less_secrets(arguments)


def _less_secrets(arguments: str) -> str:
    """As they are written, unless a secret is among them."""
    from scaffold.pycharm.reading.parameters import join, parse
    from scaffold.sources.keys import shown_arguments

    words = parse(arguments)
    shown = shown_arguments(words)
    return arguments if shown == words else join(shown)


def run_fields(one: ConfigurationFile, summary: str) -> dict[str, object]:
    """One configuration as a script reads it."""
    target, arguments = starts(one)
    return {
        "name": one.name,
        "folder": one.folder,
        "kind": one.kind,
        "target": target,
        "arguments": arguments,
        "members": [name for name, _ in one.members],
        "summary": summary,
        "file": str(one.path),
        "problem": one.problem,
    }


def summaries_of(root: Path) -> Mapping[str, str]:
    """What the project's template says of its runs; nothing where it is not on this machine any more."""
    from scaffold.errors import ScaffoldError
    from scaffold.projects.origins.native import template_here
    from scaffold.projects.record import read_record
    from scaffold.projects.render import project_runs
    from scaffold.pycharm.project.further import on_gpu

    try:
        record = read_record(root)
        runs = project_runs(template_here(record), record.name, record.frameworks)
    except ScaffoldError:
        return {}
    summaries = {run.name: run.summary for run in runs}
    # A further environment's run configurations are the same programs under other names.
    return summaries | {there.name: there.summary for there in map(on_gpu, runs) if there.summary}
