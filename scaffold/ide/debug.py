"""``scaffold run NAME --debug-check``: whether the program stops at a breakpoint under PyCharm's debugger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import LaunchFailed, OptionRefused, ScaffoldError
from scaffold.pycharm.debugging.check import carry_out
from scaffold.pycharm.debugging.engine import library_roots, obtain_engine
from scaffold.pycharm.debugging.model import DebugPlan, DebugReport, variables_by_name
from scaffold.pycharm.debugging.places import (
    Place,
    asked_place,
    entry_of,
    natural_places,
    places_in_tests,
    start_places,
)
from scaffold.pycharm.debugging.python_command import program_of, split
from scaffold.pycharm.launching.compound import members_of, resolve_steps
from scaffold.pycharm.launching.launch import resolve_configuration
from scaffold.pycharm.reading.configurations import configurations, find
from scaffold.pycharm.reading.project_files import read_project
from scaffold.pycharm.registration.known import registered_interpreters
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.model import ConfigurationFile, Launch

__all__ = ["DebugPlan", "DebugReport", "carry_out", "plan_debug", "variables_by_name"]

#: Seconds for a whole run: a smoke run ends within half a minute, and debugged, on a busy machine, in two.
TIMEOUT = 180.0


def plan_debug(
    root: Path,
    name: str,
    *,
    system: System,
    arguments: Sequence[str] = (),
    breaks: Sequence[str] = (),
    timeout: float = TIMEOUT,
    cache_folder: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[DebugPlan, ...]:
    """What to run and where to stop; a compound gives a plan for each of its members.

    ``arguments`` go behind the configuration's own. Without any, a project of ours gets the template's short
    ones. ``breaks`` are FILE:LINE or functions; without any, the place is chosen: in a project of ours the
    training step, else the program's first line. The debugger is fetched where this machine has none.
    Raises RunUnknown, LaunchFailed, OptionRefused, DownloadFailed.
    """
    found = configurations(root)
    chosen = find(found, name)
    members = members_of(chosen, found) if chosen.kind == "compound" else (chosen,)
    if arguments and chosen.kind == "compound":
        raise OptionRefused(
            f"{chosen.name!r} starts several programs: whose would {' '.join(arguments)} be?",
            hint="check one of them by itself",
        )
    short, registered = _short_arguments(root), registered_interpreters(system)
    plans: list[DebugPlan] = []
    for one in members:
        steps = resolve_steps(root, one, found, system=system, registered=registered)
        done = {step.name for plan in plans for step in plan.steps}
        more = tuple(arguments) or short.get(one.name, ())
        launch = resolve_configuration(root, one, extra_arguments=more, system=system, registered=registered)
        engine = obtain_engine(Path(launch.argv[0]), system, cache_folder=cache_folder, tell=tell)
        places, start = _places(launch, breaks, root, system, ours=bool(short))
        plans.append(
            DebugPlan(
                name=one.name,
                launch=launch,
                engine=engine,
                places=places,
                start=start,
                to_end=bool(more) and one.kind != "pytest",
                enough=1 if one.kind == "pytest" else len(places),
                timeout=timeout,
                steps=tuple(step for step in steps if step.name not in done),
                content_roots=_content_roots(root, system),
                library_roots=library_roots(Path(launch.argv[0]), system),
                why_arguments=_why(one, more, given=bool(arguments)),
            )
        )
    return tuple(plans)


def _places(
    launch: Launch, breaks: Sequence[str], root: Path, system: System, *, ours: bool
) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Where it shall stop, and where it stops for certain if it can be debugged at all."""
    program = program_of(split(launch.argv))
    python = Path(launch.argv[0])
    separator = ";" if system.platform.os == "windows" else ":"
    paths = [Path(one) for one in launch.environment.get("PYTHONPATH", "").split(separator) if one]
    roots = (*paths, *library_roots(python, system))
    no_places: tuple[Place, ...] = ()
    if program.is_module and program.target == "pytest":
        entry, start = None, no_places
        targets = [one for one in program.arguments if system.exists(launch.cwd / one.split("::")[0])]
        places = places_in_tests(targets or [str(launch.cwd)], launch.cwd, system)
    else:
        entry = entry_of(program, roots, launch.cwd, system)
        start = () if entry is None else start_places(entry, system)
        is_own = ours and entry is not None and entry.is_relative_to(root)
        places = natural_places(entry, paths, system) if is_own and entry else start
    if breaks:
        places = tuple(asked_place(wish, entry, paths, Path.cwd(), system) for wish in breaks)
    if not places:
        raise LaunchFailed(
            f"{launch.name!r} has no line of Python of its own to stop at",
            detail=(*launch.problems, f"it starts {program.target}"),
            hint="say where:  --break FILE:LINE",
        )
    return places, tuple(one for one in start if one.point not in {place.point for place in places})


def _short_arguments(root: Path) -> dict[str, tuple[str, ...]]:
    """The arguments with which the template's runs end within half a minute; none where it is not ours."""
    from scaffold.projects.origins.native import template_here
    from scaffold.projects.record import read_record
    from scaffold.projects.render import project_runs
    from scaffold.pycharm.project.further import on_gpu

    try:
        record = read_record(root)
        runs = project_runs(template_here(record), record.name, record.frameworks)
    except ScaffoldError:
        return {}
    return {one.name: run.smoke for run in runs for one in (on_gpu(run), run)}


def _content_roots(root: Path, system: System) -> tuple[Path, ...]:
    modules = read_project(root.absolute(), system).modules
    return tuple(dict.fromkeys(path for module in modules for path in module.content))


def _why(one: ConfigurationFile, more: Sequence[str], *, given: bool) -> str:
    words = " ".join(more)
    if given:
        return f"with {words} behind its own arguments"
    if one.kind == "pytest":
        return "until a test stops"
    return (
        f"with the template's short arguments: {words}" if more else "with its own arguments, until it stops"
    )
