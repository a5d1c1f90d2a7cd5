"""``scaffold run``: the project's run configurations, listed or started as PyCharm starts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.opened import tell_conflicts, tell_unfinished
from scaffold.cli.opened import warn as say_warning
from scaffold.cli.options import completer, debug_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.pycharm.model import Launch
    from scaffold.system import System


# A forgotten -- is the likeliest slip of all: options that are not ours go to the program.
@click.command(name="run", context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False, shell_complete=completer("runs"))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, shell_complete=completer("files"))
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

    A compound starts its members side by side, each line with the name of who says it; Ctrl-C ends all,
    and the exit status is the worst of theirs.
    """
    from scaffold.pycharm.reading.project_files import find_root
    from scaffold.system import HostSystem

    system = HostSystem()
    root = find_root(Path.cwd(), system)
    tell_unfinished(root)
    tell_conflicts(root)
    if name is None and not debug_check:
        _list(root, as_json=as_json)
        return
    if name is None or debug_check or breaks or timeout:
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
    _run(system, root, name, arguments, as_json=as_json, show_only=show_only)


def _run(
    system: System, root: Path, name: str, arguments: tuple[str, ...], *, as_json: bool, show_only: bool
) -> None:
    """Start the run configuration of that name, or show what would be started."""
    from scaffold.cli.run_list import same_name
    from scaffold.pycharm.launching.compound import resolve_steps
    from scaffold.pycharm.launching.launch import resolve_configuration
    from scaffold.pycharm.reading.configurations import configurations, find
    from scaffold.pycharm.registration.known import registered_interpreters

    found = configurations(root)
    configuration = find(found, name)
    if twice := same_name(found, configuration.name):
        say_warning(twice)
    if configuration.kind == "compound":
        from scaffold.cli import run_compound

        run_compound.run(system, root, configuration, found, arguments, as_json=as_json, show_only=show_only)
        return
    registered = registered_interpreters(system)
    launch = resolve_configuration(
        root, configuration, extra_arguments=arguments, system=system, registered=registered
    )
    steps = resolve_steps(root, configuration, found, system=system, registered=registered)
    if as_json:
        click.echo(_launch_json(launch))
    elif show_only:
        click.echo("\n".join(launch_lines(launch)))
    else:
        _start(root, launch, steps, system)


def _list(root: Path, *, as_json: bool) -> None:
    from scaffold.cli.run_list import in_template_order, list_lines, run_fields, summaries_of
    from scaffold.pycharm.reading.configurations import configurations

    summaries = summaries_of(root)
    found = in_template_order(configurations(root), summaries)
    if as_json:
        from scaffold.results import envelope

        runs = [run_fields(one, summaries.get(one.name, "")) for one in found]
        click.echo(envelope("scaffold/runs/1", root=root, runs=runs))
        return
    click.echo("\n".join(list_lines(found, summaries)))


def launch_lines(launch: Launch) -> list[str]:
    """Folder, variables that differ from this terminal's, command, problems."""
    from scaffold.cli.text import row
    from scaffold.shell import quoted
    from scaffold.sources.keys import shown_arguments, shown_value

    lines = [row("Folder", str(launch.cwd))]
    labels = ["Variables", *[""] * len(launch.added)]
    lines += [
        row(label, f"{name}={quoted(shown_value(name, value))}")
        for label, (name, value) in zip(labels, sorted(launch.added.items()), strict=False)
    ]
    lines.append(row("Command", " ".join(map(quoted, shown_arguments(launch.argv)))))
    if launch.standard_input:
        lines.append(row("Input", str(launch.standard_input)))
    if launch.before:
        lines.append(row("Before it", ", then ".join(launch.before)))
    return lines + [row("Problem", problem) for problem in launch.problems]


def _launch_json(launch: Launch) -> str:
    from scaffold.results import envelope

    return envelope("scaffold/launch/1", **launch_fields(launch))


def launch_fields(launch: Launch) -> dict[str, object]:
    """The launch as a script reads it: the variables that it adds, not the user's whole environment.

    Without secrets, as what people read: it goes into logs and into questions to others.
    """
    from scaffold.sources.keys import shown_arguments, shown_value

    return {
        "name": launch.name,
        "argv": shown_arguments(launch.argv),
        "cwd": launch.cwd,
        "environment": {one: shown_value(one, value) for one, value in launch.added.items()},
        "standard_input": launch.standard_input,
        "before": launch.before,
        "problems": launch.problems,
    }


def warn(root: Path, launch: Launch, system: System) -> None:
    """Say before a program starts what is likely to stop it."""
    from scaffold.env.project import unmet_requirements

    for problem in (*launch.problems, *unmet_requirements(system, root, Path(launch.argv[0]))):
        say_warning(problem)


def run_steps(root: Path, steps: Sequence[Launch], system: System) -> None:
    """Run what comes before the launch; each line is told with the name of who says it."""
    from scaffold.cli.run_compound import speaker
    from scaffold.pycharm.launching.side_by_side import run_first

    for step in steps:
        warn(root, step, system)
    if steps:
        run_first(steps, speaker([step.name for step in steps]))


def _start(root: Path, launch: Launch, steps: Sequence[Launch], system: System) -> None:
    """Become the program; its exit status is ours."""
    from scaffold.processes import hand_over
    from scaffold.pycharm.launching.side_by_side import not_started

    warn(root, launch, system)
    run_steps(root, steps, system)
    environment = dict(launch.environment)
    if "TERM" in system.environment:  # PyCharm names the terminal that it emulates; this one is real
        environment["TERM"] = system.environment["TERM"]
    try:
        status = hand_over(
            launch.argv, environment=environment, cwd=launch.cwd, standard_input=launch.standard_input
        )
    except (OSError, ValueError) as refusal:
        raise not_started(launch, refusal) from refusal
    raise click.exceptions.Exit(status)
