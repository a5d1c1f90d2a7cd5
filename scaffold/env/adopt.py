"""``scaffold env adopt``: use an environment that the user made, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from scaffold.builds.model import TITLES, BuildChoice
from scaffold.env.installed import ANY_OF, installed_builds
from scaffold.env.project import ide_project
from scaffold.environments.layout import Place
from scaffold.environments.model import Environment
from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.locks.model import LockFinding
from scaffold.machine.model import Machine
from scaffold.projects.model import Record
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPlan:
    """An environment as it was found, and what it means for the project."""

    root: Path
    record: Record
    environment: Environment
    machine: Machine
    choice: BuildChoice  # the builds that are installed
    missing: tuple[str, ...]  # requirements of the project that it does not meet, each with what is there
    findings: tuple[LockFinding, ...]  # what contradicts this machine
    notices: tuple[str, ...] = ()
    known: bool = False  # it is the adopted one already

    @property
    def place(self) -> Place:
        """Where the project keeps what is known of its environment."""
        return Place(self.root)

    @property
    def install(self) -> tuple[str, ...]:
        """The command that brings what is missing, for the user to run; empty where nothing is."""
        if not self.missing:
            return ()
        wanted = (line.partition(" (")[0] for line in self.missing)
        return (str(self.environment.python), "-m", "pip", "install", *wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptReport:
    """What was written, all of it in the project's own folders."""

    kept: tuple[str, ...]  # files of .idea that were there and were not touched


def choices(system: System, start: Path) -> tuple[Path, ...]:
    """What may be meant where no path was named. Raises NotAProject."""
    from scaffold.environments.adopt import candidates
    from scaffold.projects.record import project_root

    return candidates(project_root(start), system)


def plan_adoption(system: System, start: Path, path: Path | None) -> AdoptPlan:
    """Judge an environment by its files for the project around ``start``; nothing is written or started.

    Raises NotAProject, OptionRefused (adopt-no-environment, adopt-which, adopt-ours, adopt-broken,
    adopt-python).
    """
    from scaffold.projects.record import project_root, read_record

    root, record = project_root(start), read_record(start)
    return judged(system, root, record, path or _only(system, start))


def judged(system: System, root: Path, record: Record, path: Path) -> AdoptPlan:
    """The plan for one environment of a project that need not be known yet; nothing of it is started.

    Raises OptionRefused (adopt-no-environment, adopt-ours, adopt-broken, adopt-python).
    """
    from scaffold import machine
    from scaffold.environments.adopt import look_at

    environment = look_at(Place(root), path, system)
    return _judged(root, record, environment, machine.detect(system, root))


def started(system: System, plan: AdoptPlan) -> AdoptPlan:
    """The plan once the environment's Python was started: what that says of itself is what counts.

    Raises OptionRefused (adopt-broken, adopt-python).
    """
    from scaffold.environments.adopt import started as start

    environment = start(plan.environment, plan.place, system)
    if environment == plan.environment:
        return plan
    return _judged(plan.root, plan.record, environment, plan.machine)


def _judged(root: Path, record: Record, environment: Environment, seen: Machine) -> AdoptPlan:
    from scaffold.environments.state import read_state
    from scaffold.locks.environment import lock_of_installed
    from scaffold.locks.lint import lint

    place = Place(root)
    _refuse_python(root, record, environment)
    state = read_state(place)
    minor = ".".join(environment.version.split(".")[:2])
    return AdoptPlan(
        root=root,
        record=record,
        environment=environment,
        machine=seen,
        choice=BuildChoice(python=minor, builds=tuple(installed_builds(environment, record, seen))),
        missing=tuple(_missing(root, record, environment)),
        findings=lint(lock_of_installed(environment.packages), seen, minor),
        notices=tuple(_notices(place, environment)),
        known=state is not None and state.adopted and state.location == str(environment.location),
    )


def carry_out(system: System, plan: AdoptPlan) -> AdoptReport:
    """Start its Python, then record the environment, its builds and its interpreter.

    Nothing is written into it. Raises what `started` does, EnvironmentBusy, NoSpace,
    NoPermission, TargetOccupied.
    """
    from scaffold.environments.state import State, locked, read_state, recover, write_state
    from scaffold.files import not_written
    from scaffold.making import tell_pycharm

    plan = started(system, plan)
    state = State(
        status="ready",
        location=str(plan.environment.location),
        digest="",
        python=plan.environment.version,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        adopted=True,
    )
    with locked(plan.root):
        recover(plan.place)
        before = read_state(plan.place)
        try:
            write_state(plan.place, state)
            with _builds_written(plan):
                kept = tell_pycharm(system, ide_project(system, plan.root, plan.record), plan.root).kept
        except ScaffoldError:
            write_state(plan.place, before)
            raise
        except OSError as refusal:
            raise not_written(plan.place.state_file, refusal) from refusal
    return AdoptReport(kept=kept)


def _builds_written(plan: AdoptPlan) -> AbstractContextManager[None]:
    """The builds that are installed take the place of those that were planned, if the block goes well.

    Without any, what is written down of another environment is still true of that one.
    """
    from scaffold.environments.planned import replaced_plan

    return replaced_plan(plan.root, plan.choice, plan.machine) if plan.choice.builds else nullcontext()


def _only(system: System, start: Path) -> Path:
    from scaffold.environments.remaking import remake_hint
    from scaffold.projects.record import project_root

    found = choices(system, start)
    if len(found) == 1:
        return found[0]
    if found:
        raise OptionRefused(
            "several environments could be meant",
            detail=tuple(map(str, found)),
            hint="name one: scaffold env adopt PATH",
            code="adopt-which",
        )
    raise OptionRefused(
        "no environment was found: none in the project's folder, none is active in this shell",
        hint=f"name one: scaffold env adopt PATH; or have one made: {remake_hint(project_root(start))}",
        code="adopt-no-environment",
    )


def _refuse_python(root: Path, record: Record, environment: Environment) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from scaffold.environments.remaking import remake_hint
    from scaffold.projects.declared import required_python

    wanted = required_python(root, record)
    if not environment.version:
        return  # its files do not say; it says so itself once it is started
    try:
        fits = SpecifierSet(wanted).contains(environment.version, prereleases=True)
    except InvalidSpecifier:
        return
    if not fits:
        raise OptionRefused(
            f"The environment has Python {environment.version}, and the project needs {wanted}",
            detail=(f"environment: {environment.location}", "the project's own files say so"),
            hint=f"make the environment with such a Python, or let scaffold do it: {remake_hint(root)}",
            code="adopt-python",
        )


def _missing(root: Path, record: Record, environment: Environment) -> Iterator[str]:
    from scaffold.checks.project import unmet
    from scaffold.projects.declared import declared_requirements

    for framework in record.frameworks:
        names = ANY_OF.get(framework, ())
        if names and not any(name in environment.packages for name in names):
            yield f"{names[0]} ({TITLES[framework]} is not installed)"
    for one in unmet(environment, declared_requirements(root, record)):
        yield f"{one.source} ({one.value})"


def _notices(place: Place, environment: Environment) -> Iterator[str]:
    from scaffold.environments.adopt import other_project
    from scaffold.environments.state import read_state

    location = environment.location
    other = other_project(place, location)
    if other is not None:
        yield f"it is the environment of another project, {other}: what one installs, the other meets"
    if (location / "condabin").is_dir() or (location / "envs").is_dir():
        yield "it is conda's base environment: conda itself lives in it, and one of its own is safer"
    state = read_state(place)
    if state is not None and not state.adopted and place.own_location.is_dir():
        yield f"{place.own_location} stays where it is and is not used any more"
