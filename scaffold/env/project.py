"""What the commands of ``scaffold env`` know of the project that they are called in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from scaffold.environments.model import Environment
from scaffold.errors import (
    InstallFailed,
    Interrupted,
    LaunchFailed,
    NoBuild,
    NoPermission,
    NoSpace,
    ProofFailed,
    SourceUnreachable,
)
from scaffold.projects.model import Record
from scaffold.pycharm.model import IdeProject
from scaffold.system import System
from scaffold.threeway.places import FOLDER, JOURNAL


@contextlib.contextmanager
def telling_what_is_left(root: Path, command: Sequence[str]) -> Iterator[None]:
    """Where making an environment fails in the block, the error also says what is left of it.

    Ctrl-C becomes Interrupted, which names the command that goes on.
    """
    from scaffold.environments.layout import Place
    from scaffold.environments.state import left
    from scaffold.shell import line

    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped while the environment was being made",
            detail=(left(Place(root)),),
            hint=f"go on with: {line(*command)}",
        ) from None
    except (InstallFailed, NoBuild, NoPermission, NoSpace, ProofFailed, SourceUnreachable) as problem:
        problem.detail = (*problem.detail, left(Place(root)))
        raise


def unmet_requirements(system: System, root: Path, python: Path) -> tuple[str, ...]:
    """What the project asks for and the environment of an interpreter does not hold, as a line; else none.

    A project whose record or metadata cannot be read is doctor's affair, not of whoever starts a program.
    """
    from scaffold.checks.project import unmet
    from scaffold.environments.condition.inspect import inspect
    from scaffold.errors import ScaffoldError
    from scaffold.projects.declared import declared_requirements

    environment = inspect(python.parent.parent, system)
    try:
        found = [] if environment is None else [*unmet(environment, declared_requirements(root))]
    except ScaffoldError:
        return ()
    if not found:
        return ()
    names = ", ".join(f"{one.source} ({one.value})" for one in found[:3])
    return (f"the project asks for {names}: scaffold env check says what cures it",)


def unfinished_update(system: System, root: Path) -> str:
    """What `scaffold update` says of an update that was killed half-way, as a line; else ""."""
    if not (root / FOLDER / JOURNAL).is_file():  # looked at first, for what looks closer has much to import
        return ""
    from scaffold.probing.updates.probe import unfinished

    problem = unfinished(root, system)
    if problem is None:
        return ""
    detail = f" ({problem.detail[0]})" if problem.code == "update-interrupted" else ""
    return f"{problem.message}{detail}: {problem.hint}"


def environment_of(system: System, start: Path, name: str = "") -> Environment:
    """An environment of the project around ``start``, from its files; LaunchFailed where there is none."""
    from scaffold.environments.condition.inspect import inspect
    from scaffold.environments.layout import Place
    from scaffold.projects.record import project_root

    location = Place(project_root(start), name).location
    environment = inspect(location, system)
    if environment is None:
        raise LaunchFailed(
            f"the project has no environment: {location} is not there or is none",
            hint="make it: scaffold env create",
            code="environment-missing",
        )
    return environment


def ide_project(system: System, root: Path, record: Record) -> IdeProject:
    """A project that is there already, as PyCharm will see it."""
    from scaffold.pycharm.project.describe import recorded_project

    return recorded_project(record, root, system)
