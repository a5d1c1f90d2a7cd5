"""Carry out the plan of an environment: make it, prove it, tell PyCharm of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.environments.condition.altered import AlteredFiles
from scaffold.environments.layout import Place
from scaffold.environments.model import Environment, EnvironmentPlan, Report
from scaffold.errors import ProofFailed
from scaffold.setup import Announce, Made, SetupPlan, SetupReport
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.model import IdeaReport, IdeProject


def make_environments(
    system: System, plan: SetupPlan, project: IdeProject, announce: Announce, report: Report
) -> SetupReport:
    """Create each environment, prove that each framework computes, make the folder PyCharm-ready.

    One after the other, the project's own first; each by itself is made wholly or not at all. Raises
    InstallFailed and its kin, NoSpace, EnvironmentBusy, ProofFailed. Whatever it raises, Ctrl-C included:
    an environment that was there before is then back in its place, and where there was none there is none.
    """
    from scaffold.pycharm.project.idea import refuse_foreign_folder

    for root in {one.root for one in plan.environments}:
        refuse_foreign_folder(root)  # before minutes are spent
    from scaffold.environments.create import refuse_foreign

    for one in plan.environments:  # before the first of them is made
        refuse_foreign(one)
    making = _Making(system, plan, project, announce, report)
    for one in plan.environments:
        making.make(one)
    return SetupReport(made=tuple(making.made), kept=tuple(dict.fromkeys(making.kept)))


def agreed_to_replace(plan: SetupPlan) -> SetupPlan:
    """The same plan; environments that the user made may go for it."""
    return replace(plan, environments=tuple(replace(one, replace=True) for one in plan.environments))


class _Making:
    """The environments of one project, as they come to stand."""

    def __init__(
        self, system: System, plan: SetupPlan, project: IdeProject, announce: Announce, report: Report
    ) -> None:
        self._system, self._plan, self._project = system, plan, project
        self._announce, self._report = announce, report
        self.made: list[Made] = []
        self.kept: list[str] = []

    def make(self, plan: EnvironmentPlan) -> None:
        """One environment. What its proof raises undoes it."""
        from scaffold.environments.create import create

        def finish(environment: Environment) -> None:
            self._finish(plan, environment)

        try:
            create(plan, self._system, self._report, finish)
        except AlteredFiles as problem:
            self._announce(f"{problem.message}: making it anew")
            create(plan, self._system, self._report, finish, afresh=problem.distributions)

    def _finish(self, plan: EnvironmentPlan, environment: Environment) -> None:
        """The environment of before still waits: only what computes replaces it."""
        from scaffold.environments.condition.altered import refuse_altered
        from scaffold.environments.planned import replaced_plan
        from scaffold.environments.proving.devices import devices_seen
        from scaffold.environments.proving.probe import announced, prove_all
        from scaffold.environments.proving.proofs import write_proofs

        devices = devices_seen(plan.builds, self._plan.machine)
        if devices:
            self._report(announced(tuple(devices)))
        try:
            proofs = prove_all(environment, devices, self._system)
        except ProofFailed as failure:
            refuse_altered(environment.location, failure)
            raise
        self._announce("making the folder ready for PyCharm")
        with replaced_plan(plan.root, self._plan.choice, self._plan.machine):
            self.kept += tell_pycharm(self._system, self._project, plan.root, finished=plan.place).kept
            write_proofs(plan.place, proofs, self._plan.machine)
        self.made.append(Made(environment=environment, proofs=proofs))


def tell_pycharm(
    system: System, project: IdeProject, root: Path, *, finished: Place | None = None
) -> IdeaReport:
    """Write ``.idea`` for the environments that a project has, its own one and those that are planned.

    ``finished`` is one that stands and is not marked as ready yet. Raises TargetOccupied, NoPermission,
    NoSpace.
    """
    from scaffold.environments.condition.inspect import inspect
    from scaffold.environments.layout import places
    from scaffold.environments.planned import read_devices
    from scaffold.environments.state import is_ready
    from scaffold.pycharm.model import FurtherInterpreter
    from scaffold.pycharm.project.idea import idea_files, write_idea

    standing = {place: inspect(place.location, system) for place in places(root)}
    own, further = standing.pop(Place(root)), list[FurtherInterpreter]()
    for place, environment in standing.items():
        frameworks = tuple(read_devices(place))
        if environment is not None and frameworks and (place == finished or is_ready(place)):
            one = FurtherInterpreter(name=place.name, python=environment.version, frameworks=frameworks)
            further.append(one)
    known = replace(project, further=tuple(further))
    if own is not None:
        known = replace(known, python=own.version, interpreter=own.python)
    return write_idea(root, idea_files(known, git=(root / ".git").exists()))
