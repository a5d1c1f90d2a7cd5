"""Make a project's environment: every moment shows the old one, the new one, or a clear "not ready"."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from scaffold.environments.adopt import in_the_way
from scaffold.environments.condition.differences import differences
from scaffold.environments.condition.inspect import inspect, is_orphaned
from scaffold.environments.condition.verify import damages
from scaffold.environments.installers import tools
from scaffold.environments.installers.install import Installer
from scaffold.environments.installers.settle import settle
from scaffold.environments.locking.text import packages_digest, parse_requirements
from scaffold.environments.model import Environment, EnvironmentPlan, Progress, Report
from scaffold.environments.refusals import refuse_location, refuse_occupied, refuse_without_space
from scaffold.environments.state import State, locked, read_state, recover
from scaffold.environments.survivors import wait_for_survivors
from scaffold.environments.transaction import begin, transaction
from scaffold.errors import InstallFailed, NoPermission, NoSpace, PythonMissing
from scaffold.files import not_written
from scaffold.system import System

#: Seconds; it takes half of one where nothing is wrong.
VIRTUALENV_TIME_LIMIT = 300.0


def create(
    plan: EnvironmentPlan,
    system: System,
    report: Report,
    finish: Callable[[Environment], None] | None = None,
    *,
    afresh: Sequence[str] = (),
    forgive: Callable[[InstallFailed], None] | None = None,
) -> Environment:
    """Carry out a plan: the environment, its packages, the project itself, all of it verified.

    An environment that is as planned is left alone. One that is replaced comes back when anything
    goes wrong, Ctrl-C included; what a kill leaves is put right by the next call.

    ``finish`` is called with the environment at its place while the one before still waits (the proof,
    for instance): what it raises undoes the work, too. ``afresh`` names packages whose installed files were
    altered: the environment is made anew whatever it looks like, and these come from their source.
    ``forgive`` is told that the project itself could not be installed, and the rest stands; None: it raises.
    """
    refuse_location(plan.location)
    with locked(plan.root), _as_our_errors(plan):
        _recover(plan, system)
        refuse_occupied(plan.place)
        refuse_foreign(plan)
        if not afresh and _is_as_planned(plan, system):
            return _finished(plan, system, finish)
        refuse_without_space((plan,), system)
        with transaction(plan.place, _announced(plan)):
            _build(plan, system, report, afresh, forgive)
            return _finished(plan, system, finish)


def refuse_foreign(plan: EnvironmentPlan) -> None:
    """What the user made stays, but where they agreed; EnvironmentOccupied says so."""
    problem = None if plan.replace else in_the_way(plan.place)
    if problem is not None:
        raise problem


def _recover(plan: EnvironmentPlan, system: System) -> None:
    state = read_state(plan.place)
    if state is not None and state.status == "creating":  # a run died just now, or long ago
        wait_for_survivors(plan.location, system)
    recover(plan.place)


def digest(plan: EnvironmentPlan) -> str:
    """What the plan asks for, in 16 hexadecimal digits: interpreter, pins, installer."""
    pins = [f"{one.name}=={one.version}" for one in plan.downloads]
    # conda takes the Python from its channels: of ours it wants to know no more than 3.12.
    made = (
        ["conda", plan.interpreter.minor]
        if plan.conda
        else [str(plan.interpreter.path), plan.interpreter.version]
    )
    own = [packages_digest(parse_requirements(plan.lock)[0])] if plan.exact else []
    asked = [*made, plan.installer, *plan.requirements, *pins, *own]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]


def _announced(plan: EnvironmentPlan) -> State:
    return State(
        status="creating",
        location=str(plan.location),
        digest=digest(plan),
        python=plan.interpreter.version,
        installer=plan.installer,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )


def _build(
    plan: EnvironmentPlan,
    system: System,
    report: Report,
    afresh: Sequence[str],
    forgive: Callable[[InstallFailed], None] | None,
) -> None:
    with tempfile.TemporaryDirectory(prefix="scaffold-") as name:
        folder = Path(name)
        report(
            Progress(step="create", message=f"Creating an environment with Python {plan.interpreter.version}")
        )
        _make(plan, folder, system)
        installer = Installer(plan, folder, system, report)
        installer.forget(afresh)
        installer.install()
        try:
            installer.install_project()
        except InstallFailed as problem:
            if forgive is None:
                raise
            forgive(problem)
        settle(plan, system.platform.os)
        if plan.conda is not None and not plan.exact:  # a lock says it better
            from scaffold.environments.installers.conda_file import write_environment_file

            write_environment_file(plan)


def _make(plan: EnvironmentPlan, folder: Path, system: System) -> None:
    """An empty environment with pip in it."""
    begin(plan.location)
    if plan.conda is not None:
        from scaffold.environments.installers.conda import make_prefix

        make_prefix(plan, plan.conda, folder, system)
        return
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
    from scaffold.environments.installers.failures import evidence, explain

    if not system.exists(plan.interpreter.path):
        return PythonMissing(
            f"Python {plan.interpreter.version} is gone from {plan.interpreter.path}",
            hint="install it again, or choose another one with --python",
        )
    if re.search(r"File name too long|\[WinError 206\]", output):
        return not_written(plan.location, OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)))
    known = explain("pip", output, doing="create the environment")
    if isinstance(known, (NoSpace, NoPermission)):
        return known
    return InstallFailed(
        f"virtualenv could not make an environment in {plan.location}",
        detail=evidence(output),
        hint=f"try another interpreter with --python; this one was {plan.interpreter.path}",
        code="environment-not-created",
    )


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


@contextlib.contextmanager
def _as_our_errors(plan: EnvironmentPlan) -> Iterator[None]:
    """The operating system's refusals, told as ours."""
    try:
        yield
    except OSError as refusal:
        raise not_written(Path(refusal.filename or plan.location), refusal) from refusal
