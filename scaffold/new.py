"""``scaffold new``: from a name to a project that opens in PyCharm and trains.

``plan_new`` looks and decides and writes nothing; ``carry_out`` does exactly what the plan says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.environments.model import Report
from scaffold.errors import Interrupted, OptionRefused, ScaffoldError, SourceUnreachable, TemplateUnknown
from scaffold.projects.model import Ide, ProjectName, RunConfiguration, Template, Tree
from scaffold.setup import (
    Announce,
    SetupPlan,
    SetupReport,
    Wishes,
    demand_consent,
    plan_setup,
)
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.facts.model import Observed
    from scaffold.pycharm.model import IdeProject


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What the user asked for."""

    name: str
    parent: Path  # the folder in which the project's folder is made
    wishes: Wishes  # no frameworks: all that the template has
    template: str | None = None  # None: told by the end of the name
    environment: bool = True  # False: only write the files
    observed: Observed | None = None  # a machine that is told: its plan can be shown, not carried out
    ide: Ide = "pycharm"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """All that will happen, decided."""

    name: ProjectName
    target: Path
    template: Template
    setup: SetupPlan
    tree: Tree
    ide: Ide = "pycharm"

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks that the project holds."""
        return self.setup.frameworks

    @property
    def first_run(self) -> str:
        """The run configuration to press first."""
        runs = self.template.runs_for(self.frameworks)
        return next((run.name for run in runs if run.default), runs[0].name if runs else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What stands after ``carry_out``."""

    target: Path
    files: int
    setup: SetupReport | None  # None: no environment was asked for


def plan_new(system: System, request: NewRequest, announce: Announce) -> NewPlan:
    """Decide everything: names, machine, interpreter, builds, every file's content, every download.

    Cheap refusals come first, so that a wrong name costs no look at the network. Raises NameRefused,
    TemplateUnknown, TargetOccupied, NoPermission, PythonMissing, NoBuild, InstallFailed.
    """
    from scaffold.projects import write
    from scaffold.projects.render import project_runs, render
    from scaffold.projects.requirements import BUILD, TEST, direct_requirements

    template, name = template_and_name(request)
    target = (request.parent / name.distribution).absolute()
    write.check_target(target)
    frameworks = chosen_frameworks(template, request.wishes.frameworks)
    try:
        setup = _planned(
            system, request, target, frameworks,
            (*direct_requirements(template, frameworks), *TEST, *BUILD), announce,
        )  # fmt: skip
    except SourceUnreachable as problem:
        problem.hint = f"{problem.hint}\nthe files alone need no index: --no-env; nothing was written".strip()
        raise
    files = _ide_files(request.ide, template, name, project_runs(template, name, frameworks))
    builds, python = setup.choice.builds, setup.choice.python
    tree = render(template, name, frameworks, builds, python, files, request.ide)
    return NewPlan(name=name, target=target, template=template, setup=setup, tree=tree, ide=request.ide)


def _ide_files(ide: Ide, template: Template, name: ProjectName, runs: tuple[RunConfiguration, ...]) -> Tree:
    """What is committed for the IDE: `.run`, which `scaffold run` reads, too, and `.vscode`."""
    from scaffold.pycharm.project.run_configurations import run_files

    files = run_files(runs, name.distribution)
    if ide == "pycharm":
        return files
    from scaffold.projects.menu import menu
    from scaffold.vscode.files import fresh_files
    from scaffold.vscode.model import VscodeProject

    project = VscodeProject(name=name.distribution, runs=runs, excluded=template.excluded)
    return {**files, **fresh_files(project, menu())}


def _planned(
    system: System,
    request: NewRequest,
    target: Path,
    frameworks: tuple[Framework, ...],
    requirements: tuple[str, ...],
    announce: Announce,
) -> SetupPlan:
    """Python, builds and environment for this machine; for one that is told, what the tables say."""
    wishes = replace(request.wishes, frameworks=frameworks)
    if request.observed is not None:
        from scaffold.told import plan_told

        return plan_told(system, request.observed, wishes)
    return plan_setup(
        system,
        root=target,
        wishes=wishes,
        requirements=requirements,
        environment=request.environment,
        announce=announce,
    )


def carry_out(system: System, plan: NewPlan, wishes: Wishes, announce: Announce, report: Report) -> NewReport:
    """Write the project, make its environment, make it PyCharm-ready, prove it.

    Until the files stand, a failure leaves nothing. After that it leaves the whole project without
    an environment, and the error says how to go on.
    """
    from scaffold.environments.planned import write_planned
    from scaffold.environments.refusals import refuse_without_space
    from scaffold.making import make_environments
    from scaffold.projects.write import write_project
    from scaffold.pycharm.registration.made import remember_made

    if plan.setup.environments:
        demand_consent(plan.setup, wishes)
        refuse_without_space(plan.setup.environments, system)
    announce(f"writing {len(plan.tree)} files")
    write_project(plan.target, plan.tree)
    remember_made(system, plan.target.absolute())
    if not plan.setup.environments:
        write_planned(plan.target, plan.setup.choice, plan.setup.machine)
        return NewReport(target=plan.target, files=len(plan.tree), setup=None)
    try:
        made = make_environments(system, plan.setup, ide_project(plan), announce, report)
    except ScaffoldError as cause:
        raise unfinished(plan.target, cause, wishes) from cause
    except KeyboardInterrupt:
        stopped = Interrupted("stopped while the environment was being made")
        raise unfinished(plan.target, stopped, wishes) from None
    return NewReport(target=plan.target, files=len(plan.tree), setup=made)


def template_and_name(request: NewRequest) -> tuple[Template, ProjectName]:
    """The template that is meant and the project's name. ``cnn-project`` means template ``cnn``."""
    from scaffold.projects import catalog, names

    wanted = request.template or meant_template(request.name)
    name = names.project_name(request.name, template=wanted)
    if wanted is None:
        known = ", ".join(one.name for one in catalog.find_templates().templates)
        raise TemplateUnknown(
            f"the name {request.name} does not tell which template is meant",
            hint=f"say it with --template ({known}), or end the name in one: {known.split(', ')[0]}-project",
        )
    return catalog.find_template(wanted), name


def meant_template(name: str) -> str | None:
    """The template that a name ends in: ``cnn`` of cnn-project and my-cnn-project; None where it tells none.

    A name that ends in ``-project`` and in no template's name gives what stands before it, for the error.
    """
    from scaffold.projects import catalog, names

    stem = names.template_of(name)
    if stem is None:
        return None
    known = {one.name for one in catalog.find_templates().templates}
    words = stem.split("-")
    endings = ("-".join(words[start:]) for start in range(len(words)))
    return next((ending for ending in endings if ending in known), stem)


def chosen_frameworks(template: Template, wished: tuple[Framework, ...]) -> tuple[Framework, ...]:
    """The wished frameworks, or all that the template has; OptionRefused where it has one not."""
    for framework in wished:
        if framework not in template.frameworks:
            raise OptionRefused(
                f"template {template.name} has no {framework} side",
                hint=f"it has: {', '.join(template.frameworks)}",
            )
    return wished or template.frameworks


def ide_project(plan: NewPlan) -> IdeProject:
    """The project as PyCharm will see it."""
    from scaffold.projects.render import project_runs
    from scaffold.pycharm.model import IdeProject

    runs = project_runs(plan.template, plan.name, plan.frameworks)
    return IdeProject(module=plan.name.distribution, runs=runs, python="", excluded=plan.template.excluded)


def unfinished(target: Path, cause: ScaffoldError, wishes: Wishes) -> ScaffoldError:
    """The same problem, with what is left in the folder and how to go on from there."""
    from scaffold.shell import line

    left = f"The project's files are complete in {target}; its environment is not made."
    go_on = f"go on with: {line('cd', target)} && {line('scaffold', 'env', 'create', *wishes.arguments)}"
    return type(cause)(
        cause.message,
        detail=(*cause.detail, left),
        hint="\n".join(filter(None, (cause.hint, go_on))),
        code=cause.code,
    )
