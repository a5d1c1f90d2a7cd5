"""Carry out the plan of an environment: make it, prove it, tell PyCharm of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.environments.model import Environment, EnvironmentPlan, Report
from scaffold.setup import Announce, Made, SetupPlan, SetupReport
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.model import IdeProject


def make_environments(
    system: System, plan: SetupPlan, project: IdeProject, announce: Announce, report: Report
) -> SetupReport:
    """Create each environment, prove that each framework computes, make the folder PyCharm-ready.

    One after the other, the project's own first; each by itself is made wholly or not at all. Raises
    InstallFailed and its kin, NoSpace, EnvironmentBusy, ProofFailed. Whatever it raises, Ctrl-C included:
    an environment that was there before is then back in its place, and where there was none there is none.
    """
    making = _Making(system, plan, project, announce, report)
    for one in plan.environments:
        making.make(one)
    return SetupReport(made=tuple(making.made), kept=tuple(dict.fromkeys(making.kept)))


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

        create(plan, self._system, self._report, lambda environment: self._finish(plan, environment))

    def _finish(self, plan: EnvironmentPlan, environment: Environment) -> None:
        """The environment of before still waits: only what computes replaces it."""
        from scaffold.environments.devices import devices_seen
        from scaffold.environments.planned import write_planned
        from scaffold.environments.probe import announced, prove_all

        devices = devices_seen(plan.builds, self._plan.machine)
        self._report(announced(tuple(devices)))
        proofs = prove_all(environment, devices, self._system)
        self._announce("making the folder ready for PyCharm")
        made = Made(environment=environment, proofs=proofs)
        self._tell_pycharm(plan, (*self.made, made))
        write_planned(plan.root, self._plan.choice, self._plan.machine)
        self.made.append(made)

    def _tell_pycharm(self, plan: EnvironmentPlan, made: tuple[Made, ...]) -> None:
        from scaffold.pycharm.idea import idea_files, write_idea
        from scaffold.pycharm.model import FurtherInterpreter

        own, *further = made
        project = replace(
            self._project,
            python=own.environment.version,
            interpreter=own.environment.python,
            further=tuple(
                FurtherInterpreter(
                    name=one.environment.location.name,
                    python=one.environment.version,
                    frameworks=tuple(proof.framework for proof in one.proofs),
                )
                for one in further
            ),
        )
        git = (plan.root / ".git").exists()
        self.kept += write_idea(plan.root, idea_files(project, git=git)).kept
