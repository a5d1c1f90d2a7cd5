"""Carry out the plan of an environment: make it, prove it, tell PyCharm of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.environments.condition.altered import AlteredFiles
from scaffold.environments.layout import Place
from scaffold.environments.model import Environment, EnvironmentPlan, Report
from scaffold.errors import IdeFileChanged, InstallFailed, ProofFailed
from scaffold.setup import Announce, Made, SetupPlan, SetupReport
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.pycharm.model import IdeaReport, IdeProject
    from scaffold.pycharm.project.idea_plan import IdeaPlan
    from scaffold.pycharm.registration.model import RegistrationReport
    from scaffold.pycharm.registration.plan import Wish
    from scaffold.vscode.files import VscodePlan


def make_environments(
    system: System, plan: SetupPlan, project: IdeProject, announce: Announce, report: Report
) -> SetupReport:
    """Create each environment, prove that each framework computes, make the folder PyCharm-ready.

    One after the other, the project's own first; each by itself is made wholly or not at all. Raises
    InstallFailed and its kin, NoSpace, EnvironmentBusy, ProofFailed, IdeFileBroken. Whatever it raises,
    Ctrl-C included: an environment that was there before is then back in its place, and where there was none
    there is none.
    """
    for root in {one.root for one in plan.environments}:
        plan_pycharm(system, project, root)  # what cannot be written is told before minutes are spent
    from scaffold.environments.create import refuse_foreign

    for one in plan.environments:  # before the first of them is made
        refuse_foreign(one)
    making = _Making(system, plan, project, announce, report)
    for one in plan.environments:
        making.make(one)
    return SetupReport(
        made=tuple(making.made),
        kept=tuple(dict.fromkeys(making.kept)),
        warnings=tuple(making.warnings),
        registration=making.registration,
    )


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
        self.warnings: list[str] = []
        self.registration: RegistrationReport | None = None  # of all environments that stand

    def make(self, plan: EnvironmentPlan) -> None:
        """One environment. What its proof raises undoes it."""
        from scaffold.environments.create import create
        from scaffold.projects.record import made_by_us

        forgive = None if made_by_us(plan.root) else self._forgive

        def finish(environment: Environment) -> None:
            self._finish(plan, environment)

        try:
            create(plan, self._system, self._report, finish, forgive=forgive)
        except AlteredFiles as problem:
            self._announce(f"{problem.message}: making it anew")
            create(plan, self._system, self._report, finish, afresh=problem.distributions, forgive=forgive)

    def _forgive(self, problem: InstallFailed) -> None:
        """What somebody else's project is built with may want what is not here; its requirements do stand."""
        self.warnings += (
            f"{problem.message}: everything else is installed, the project itself is not",
            *problem.detail,
            "correct what it says, then: scaffold env create; until then its modules import from its folder",
        )

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
            told = tell_pycharm(self._system, self._project, plan.root, finished=plan.place)
            self.kept += told.kept
            self.registration = told.registration
            write_proofs(plan.place, proofs, self._plan.machine)
        self.made.append(Made(environment=environment, proofs=proofs))


def tell_pycharm(
    system: System,
    project: IdeProject,
    root: Path,
    *,
    finished: Place | None = None,
    wish: Wish | None = None,
) -> IdeaReport:
    """Write ``.idea`` for the environments that a project has, its own one and those that are planned.

    A project that is opened with VS Code gets what VS Code reads of them instead, or as well; ``wish``
    is what somebody asked for who wants PyCharm's files in any case. The interpreters are entered in the
    settings of every PyCharm that is closed, so that ``.idea`` can name them; what goes wrong there is
    told in the report and stops nothing. ``finished`` is one that stands and is not marked as ready yet.
    Raises IdeFileBroken, IdeFileChanged, TargetOccupied, NoPermission, NoSpace.
    """
    from scaffold.projects.record import remember_ide, remembered_ide
    from scaffold.projects.tool import remember_tool
    from scaffold.pycharm.model import IdeaReport
    from scaffold.pycharm.project.write import write_idea
    from scaffold.pycharm.registration.plan import Wish
    from scaffold.pycharm.registration.register import registering

    remember_tool(root)
    known = with_environments(system, project, root, finished=finished)
    ide = remembered_ide(root)
    if ide != "pycharm":
        from scaffold.vscode.files import carry_out

        carry_out(plan_vscode_workspace(known, root))
    if ide == "vscode" and wish is None:
        return IdeaReport()
    if ide == "vscode":
        remember_ide(root, "both")
    wish = wish or Wish()
    with registering(system, root, known, wish) as under_way:
        registered = under_way.plan.registered

        def written() -> IdeaReport:
            plan = plan_pycharm(system, under_way.project, root, registered=registered, repair=wish.repair)
            return write_idea(plan)

        try:
            report = written()
        except IdeFileChanged:  # the IDE wrote there since the plan: what it wrote is looked at, once
            report = written()
    return replace(report, registration=under_way.report)


def plan_vscode_workspace(project: IdeProject, root: Path) -> VscodePlan:
    """What VS Code reads of the environments beside the project's own; nothing is written.

    Raises IdeFileBroken, TargetOccupied, NoPermission.
    """
    from scaffold.pycharm.project.further import further_runs
    from scaffold.vscode.workspaces import FurtherRuns, plan_workspace

    further = [
        FurtherRuns(environment=one.name, runs=further_runs(project.runs, one.frameworks))
        for one in project.further
    ]
    return plan_workspace(root, project.module, further, project.sources)


def plan_pycharm(
    system: System,
    project: IdeProject,
    root: Path,
    *,
    registered: Mapping[str, Path] | None = None,
    repair: bool = False,
) -> IdeaPlan:
    """What is to become of ``.idea``, of a project whose environments are known; nothing is written.

    ``registered`` and ``repair`` as `plan_idea` has them, and what it raises.
    """
    from scaffold.pycharm.project.planning import is_committed, plan_idea

    return plan_idea(
        root,
        project,
        git=(root / ".git").exists(),
        committed=is_committed(root, system),
        registered=registered,
        home=system.home,
        repair=repair,
    )


def with_environments(
    system: System, project: IdeProject, root: Path, *, finished: Place | None = None
) -> IdeProject:
    """The project with what its folder says of it. ``finished`` as `tell_pycharm` has it.

    A project that scaffold made goes by its [project].name, as PyCharm itself calls the module, also where
    somebody has changed that since.
    """
    from scaffold.environments.condition.inspect import inspect
    from scaffold.environments.layout import places
    from scaffold.environments.planned import read_devices
    from scaffold.environments.state import is_ready
    from scaffold.projects.record import made_by_us
    from scaffold.pycharm.model import FurtherInterpreter
    from scaffold.pycharm.reading.project_files import declared_name

    if made_by_us(root):
        project = replace(project, module=declared_name(root, system) or project.module)
    standing = {place: inspect(place.location, system) for place in places(root)}
    own, further = standing.pop(Place(root)), list[FurtherInterpreter]()
    for place, environment in standing.items():
        frameworks = tuple(read_devices(place))
        if environment is not None and frameworks and (place == finished or is_ready(place)):
            one = FurtherInterpreter(
                name=place.name,
                python=environment.version,
                frameworks=frameworks,
                interpreter=environment.python,
            )
            further.append(one)
    known = replace(project, further=tuple(further))
    return known if own is None else replace(known, python=own.version, interpreter=own.python)
