"""``scaffold run``: the project's run configurations, listed or started as PyCharm starts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import debug_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.pycharm.model import ConfigurationFile, Launch
    from scaffold.system import System


# A forgotten -- is the likeliest slip of all: options that are not ours go to the program.
@click.command(name="run", context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--print", "show_only", is_flag=True, help="Show command, folder and variables; start nothing.")
@debug_options
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON (schema scaffold/runs/1; with NAME scaffold/launch/1), start nothing;"
    " with --debug-check scaffold/debug/1.",
)
def command(
    *,
    name: str | None,
    arguments: tuple[str, ...],
    show_only: bool,
    debug_check: bool,
    breaks: tuple[str, ...],
    timeout: float | None,
    as_json: bool,
) -> None:
    """List or run a project's run configurations, as PyCharm would.

    Without NAME: list them. With NAME: start that one from the project's folder, in this terminal;
    what follows -- goes behind its own arguments:

        scaffold run "train (PyTorch)" -- --epochs 3
    """
    from scaffold.pycharm.launching.launch import resolve
    from scaffold.pycharm.reading.project_files import find_root
    from scaffold.system import HostSystem

    system = HostSystem()
    root = find_root(Path.cwd(), system)
    if name is None:
        _list(root, as_json=as_json)
        return
    if debug_check or breaks or timeout:
        from scaffold.cli import debug_view

        debug_view.debug_check(
            system,
            root,
            name,
            asked=debug_check,
            arguments=arguments,
            breaks=breaks,
            timeout=timeout,
            as_json=as_json,
            show_only=show_only,
        )
        return
    launch = resolve(root, name, extra_arguments=arguments, system=system)
    if as_json:
        click.echo(_launch_json(launch))
    elif show_only:
        click.echo("\n".join(launch_lines(launch)))
    else:
        _start(root, launch, system)


def _list(root: Path, *, as_json: bool) -> None:
    from scaffold.pycharm.reading.configurations import configurations

    summaries = _summaries(root)
    found = in_template_order(configurations(root), summaries)
    if as_json:
        from scaffold.results import envelope

        runs = [run_fields(one, summaries.get(one.name, "")) for one in found]
        click.echo(envelope("scaffold/runs/1", root=root, runs=runs))
        return
    click.echo("\n".join(list_lines(found, summaries)))


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
    example = next((one.name for one in found if not one.problem and one.kind), "")
    return [*lines, "", f'Start one:  scaffold run "{example}"'] if example else lines


def starts_text(one: ConfigurationFile) -> str:
    """What a configuration starts, as short as it can be said."""
    if one.problem:
        return f"cannot be read: {one.problem}"
    target, arguments = starts(one)
    match one.kind:
        case "module":
            return f"python -m {target} {arguments}".rstrip()
        case "script":
            return f"python {target} {arguments}".rstrip()
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
    return target.removeprefix("$PROJECT_DIR$/"), arguments


def run_fields(one: ConfigurationFile, summary: str) -> dict[str, str | None]:
    """One configuration as a script reads it."""
    target, arguments = starts(one)
    return {
        "name": one.name,
        "folder": one.folder,
        "kind": one.kind,
        "target": target,
        "arguments": arguments,
        "summary": summary,
        "file": str(one.path),
        "problem": one.problem,
    }


def _summaries(root: Path) -> Mapping[str, str]:
    """What the project's template says of its runs; nothing where it is not installed any more."""
    from scaffold.errors import ScaffoldError
    from scaffold.projects.catalog import find_template
    from scaffold.projects.record import read_record
    from scaffold.projects.render import project_runs
    from scaffold.pycharm.project.further import on_gpu

    try:
        record = read_record(root)
        runs = project_runs(find_template(record.qualified_template), record.name, record.frameworks)
    except ScaffoldError:
        return {}
    summaries = {run.name: run.summary for run in runs}
    # A further environment's run configurations are the same programs under other names.
    return summaries | {there.name: there.summary for there in map(on_gpu, runs) if there.summary}


def launch_lines(launch: Launch) -> list[str]:
    """Folder, variables that differ from this terminal's, command, problems."""
    from scaffold.cli.text import row
    from scaffold.shell import quoted

    lines = [row("Folder", str(launch.cwd))]
    labels = ["Variables", *[""] * len(launch.added)]
    lines += [
        row(label, f"{name}={quoted(value)}")
        for label, (name, value) in zip(labels, sorted(launch.added.items()), strict=False)
    ]
    lines.append(row("Command", " ".join(quoted(argument) for argument in launch.argv)))
    if launch.standard_input:
        lines.append(row("Input", str(launch.standard_input)))
    return lines + [row("Problem", problem) for problem in launch.problems]


def _launch_json(launch: Launch) -> str:
    """The launch as a script reads it: the variables that it adds, not the user's whole environment."""
    from scaffold.results import envelope

    return envelope(
        "scaffold/launch/1",
        name=launch.name,
        argv=launch.argv,
        cwd=launch.cwd,
        environment=launch.added,
        standard_input=launch.standard_input,
        problems=launch.problems,
    )


def _start(root: Path, launch: Launch, system: System) -> None:
    """Become the program; its exit status is ours."""
    from scaffold.env.project import unmet_requirements
    from scaffold.errors import LaunchFailed
    from scaffold.processes import hand_over

    for problem in (*launch.problems, *unmet_requirements(system, root, Path(launch.argv[0]))):
        click.echo(f"{click.style('warning', fg='yellow', bold=True)}: {problem}", err=True)
    environment = dict(launch.environment)
    if "TERM" in system.environment:  # PyCharm names the terminal that it emulates; this one is real
        environment["TERM"] = system.environment["TERM"]
    try:
        status = hand_over(
            launch.argv, environment=environment, cwd=launch.cwd, standard_input=launch.standard_input
        )
    except (OSError, ValueError) as refusal:
        raise LaunchFailed(
            f"{launch.name!r} cannot be started",
            detail=(str(refusal), f"command: {' '.join(launch.argv)}", f"folder: {launch.cwd}"),
            hint=f'See what it would start:  scaffold run "{launch.name}" --print',
        ) from refusal
    raise click.exceptions.Exit(status)
