"""Make a project's environment: every moment shows the old one, the new one, or a clear "not ready"."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from scaffold.environments import layout, tools
from scaffold.environments.differences import differences
from scaffold.environments.inspect import inspect, is_orphaned
from scaffold.environments.install import Installer
from scaffold.environments.model import Environment, EnvironmentPlan, Progress, Report
from scaffold.environments.settle import settle
from scaffold.environments.state import (
    State,
    discard_tree,
    locked,
    previous_of,
    read_state,
    recover,
    write_state,
)
from scaffold.environments.verify import damages
from scaffold.errors import (
    EnvironmentOccupied,
    InstallFailed,
    NoPermission,
    NoSpace,
    OptionRefused,
    PythonMissing,
    not_written,
)
from scaffold.system import System

#: Seconds; it takes half of one where nothing is wrong.
VIRTUALENV_TIME_LIMIT = 300.0


def create(
    plan: EnvironmentPlan, system: System, report: Report, finish: Callable[[Environment], None] | None = None
) -> Environment:
    """Carry out a plan: the environment, its packages, the project itself, all of it verified.

    An environment that is as planned is left alone. One that is replaced comes back when anything
    goes wrong, Ctrl-C included; what a kill leaves is put right by the next call.

    ``finish`` is called with the environment at its place while the one before still waits (the proof,
    for instance): what it raises undoes the work, too.
    """
    _refuse_location(plan.location)
    with locked(plan.root), _as_our_errors(plan):
        recover(plan.place)
        _refuse_occupied(plan.location)
        if _is_as_planned(plan, system):
            return _finished(plan, system, finish)
        refuse_without_space((plan,), system)
        with _transaction(plan):
            _build(plan, system, report)
            return _finished(plan, system, finish)


def digest(plan: EnvironmentPlan) -> str:
    """What the plan asks for, in 16 hexadecimal digits: interpreter, pins, installer."""
    pins = [f"{one.name}=={one.version}" for one in plan.downloads]
    asked = [str(plan.interpreter.path), plan.interpreter.version, plan.installer, *plan.requirements, *pins]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]


def _build(plan: EnvironmentPlan, system: System, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="scaffold-") as name:
        folder = Path(name)
        report(
            Progress(step="create", message=f"Creating an environment with Python {plan.interpreter.version}")
        )
        _make(plan, folder, system)
        installer = Installer(plan, folder, system, report)
        installer.install()
        installer.install_project()
        settle(plan, system.platform.os)


def _make(plan: EnvironmentPlan, folder: Path, system: System) -> None:
    """An empty environment with pip in it."""
    plan.location.mkdir(parents=True, exist_ok=True)
    (plan.location / layout.UNFINISHED_MARK).touch()
    empty = folder / "virtualenv.ini"
    empty.touch()
    done = system.run(
        tools.guarded(tools.virtualenv_command(plan), system),
        timeout=VIRTUALENV_TIME_LIMIT,
        environment=tools.virtualenv_environment(system, empty),
        cwd=folder,
    )
    if not done.ok:
        raise _creation_failed(plan, done.stdout + done.stderr, system)


def _creation_failed(plan: EnvironmentPlan, output: str, system: System) -> Exception:
    from scaffold.environments.failures import evidence, explain

    if not system.exists(plan.interpreter.path):
        return PythonMissing(
            f"Python {plan.interpreter.version} is gone from {plan.interpreter.path}",
            hint="install it again, or choose another one with --python",
        )
    known = explain("pip", output, doing="create the environment")
    if isinstance(known, (NoSpace, NoPermission)):
        return known
    return InstallFailed(
        f"virtualenv could not make an environment in {plan.location}",
        detail=evidence(output),
        hint=f"try another interpreter with --python; this one was {plan.interpreter.path}",
        code="environment-not-created",
    )


@contextlib.contextmanager
def _transaction(plan: EnvironmentPlan) -> Iterator[None]:
    """Announce, put the old environment aside; in the end the new one is ready or the old one is back."""
    before = read_state(plan.place)
    had_previous = plan.location.exists() and any(plan.location.iterdir())
    announced = State(
        status="creating",
        location=str(plan.location),
        digest=digest(plan),
        python=plan.interpreter.version,
        installer=plan.installer,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        had_previous=had_previous,
        previous_digest=before.digest if before is not None and before.status == "ready" else "",
    )
    write_state(plan.place, announced)
    try:
        if had_previous:
            plan.location.rename(plan.place.restore_folder)
        yield
        write_state(plan.place, replace(announced, status="ready", previous_digest="", had_previous=False))
    except BaseException:
        _roll_back(plan, announced)
        raise
    (plan.location / layout.UNFINISHED_MARK).unlink(missing_ok=True)
    discard_tree(plan.root, plan.place.restore_folder)


def _roll_back(plan: EnvironmentPlan, announced: State) -> None:
    waiting = plan.place.restore_folder
    if waiting.exists():
        discard_tree(plan.root, plan.location)
        waiting.rename(plan.location)
    elif not announced.had_previous:
        discard_tree(plan.root, plan.location)
    write_state(plan.place, previous_of(announced))


def _is_as_planned(plan: EnvironmentPlan, system: System) -> bool:
    state, found = read_state(plan.place), inspect(plan.location, system)
    if state is None or found is None or is_orphaned(found, system):
        return False
    same = state.status == "ready" and state.location == str(plan.location) and state.digest == digest(plan)
    return same and not differences(plan, found) and not damages(plan.location)


def _finished(
    plan: EnvironmentPlan, system: System, finish: Callable[[Environment], None] | None
) -> Environment:
    found = inspect(plan.location, system)
    if found is None:
        raise InstallFailed(f"{plan.location} is no environment any more", code="environment-not-created")
    if finish is not None:
        finish(found)
    return found


def _refuse_location(location: Path) -> None:
    """Paths that no environment works in: scripts name it in their first line, PATH is split at a colon."""
    unusable = [
        name for sign, name in (("\n", "a line break"), ("\r", "a line break")) if sign in str(location)
    ]
    if os.name == "posix" and os.pathsep in str(location):
        unusable.append(f"a {os.pathsep!r}")
    if unusable:
        raise OptionRefused(
            f"No environment can work in a folder with {unusable[0]} in its path: {str(location)!r}",
            hint="choose another folder",
        )


def _refuse_occupied(location: Path) -> None:
    if location.is_symlink():
        raise EnvironmentOccupied(
            f"{location} is a symbolic link, and was left alone",
            detail=(f"it leads to {location.resolve()}",),
            hint="remove the link, then run the same command again",
        )
    if not location.exists() or layout.is_environment(location):
        return
    if location.is_dir() and not any(location.iterdir()):
        return
    raise EnvironmentOccupied(
        f"{location} holds something that is not a Python environment, and was left alone",
        hint="move it away, then run the same command again",
    )


def refuse_without_space(plans: Sequence[EnvironmentPlan], system: System) -> None:
    """Raise NoSpace where the disk is too small for what the plans of one project bring together."""
    free, needed = system.disk_free(plans[0].root), sum(plan.disk_needed for plan in plans)
    if free is not None and free < needed:
        raise NoSpace(
            f"The environment needs about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free",
            detail=tuple(f"{plan.location}: {len(plan.downloads)} packages" for plan in plans),
            hint="free some space, or choose a folder on another disk",
        )


@contextlib.contextmanager
def _as_our_errors(plan: EnvironmentPlan) -> Iterator[None]:
    """The operating system's refusals, told as ours."""
    try:
        yield
    except OSError as refusal:
        raise not_written(Path(refusal.filename or plan.location), refusal) from refusal
