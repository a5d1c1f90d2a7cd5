"""``scaffold templates check``: what will be looked at and downloaded, and then a row a check.

A project is made in a scratch folder, as ``scaffold new`` makes it, and with the tools that look at it in its
environment; nothing of it is told to any IDE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from scaffold.builds.model import Framework
from scaffold.environments.model import Report
from scaffold.errors import NameRefused, OptionRefused, ScaffoldError
from scaffold.projects.model import ProjectName, Template
from scaffold.pycharm.model import IdeProject
from scaffold.setup import Announce, SetupPlan, Wishes
from scaffold.system import HostSystem, System
from scaffold.template_checks.battery import ENVIRONMENT, MANIFEST, battery, fast_rows, slow_row
from scaffold.template_checks.model import Check, Row, failed, judged, passed, skipped
from scaffold.template_checks.project import Project
from scaffold.template_checks.reading import Reading
from scaffold.template_checks.subject import SAMPLE_PYTHON, SAMPLES, Subject


class Aside(HostSystem):
    """This machine, less the user's IDE: the interpreter of a project that is thrown away is none of its."""

    def __init__(self) -> None:
        super().__init__()
        self.environment = {**self.environment, "SCAFFOLD_NO_REGISTER": "1"}


#: Why a check was skipped that `CheckRequest.fast` leaves out.
PASSED_OVER = "--fast: an environment is needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What the user asked for."""

    reading: Reading
    scratch: Path  # an empty folder
    wishes: Wishes = field(default_factory=lambda: Wishes(frameworks=()))  # none: all that the template has
    fast: bool = False  # no environment
    python: Path | None = None  # of an environment that is ready; None: one is made


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """All that will be looked at, and what has to be had for it."""

    request: CheckRequest
    checks: tuple[Check, ...]
    setup: SetupPlan | None = None  # None: no environment is made
    refused: ScaffoldError | None = None  # why none can be: the check `environment` fails with it

    @property
    def template(self) -> Template | None:
        """None where its manifests cannot be read."""
        return self.request.reading.template

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """Those of the project that is made."""
        wished = self.request.wishes.frameworks
        return wished or (self.template.frameworks if self.template else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What became of every check."""

    plan: CheckPlan
    rows: tuple[Row, ...]

    def count(self, status: str) -> int:
        """How many rows have it."""
        return sum(row.status == status for row in self.rows)


def plan_check(system: System, request: CheckRequest, announce: Announce) -> CheckPlan:
    """Decide what is looked at and what is downloaded for it; nothing is written.

    Raises OptionRefused for a framework that the template does not have.
    """
    template = request.reading.template
    checks = battery(template)
    if template is None:
        return CheckPlan(request=request, checks=checks)
    for framework in request.wishes.frameworks:
        if framework not in template.frameworks:
            has = ", ".join(template.frameworks) or "none"
            raise OptionRefused(f"template {template.name} has no {framework} side", hint=f"it has: {has}")
    plan = CheckPlan(request=request, checks=checks)
    if request.fast or request.python is not None:
        return plan
    try:
        return replace(plan, setup=_setup(system, plan, template, announce))
    except ScaffoldError as problem:
        return replace(plan, refused=problem)


def carry_out(
    system: System,
    plan: CheckPlan,
    announce: Announce = lambda _: None,
    report: Report = lambda _: None,
    tell: Callable[[Row], None] = lambda _: None,
) -> CheckReport:
    """Make every check that can be made; each row is told as soon as it is there."""
    rows = []
    for row in _rows(system, plan, announce, report):
        tell(row)
        rows.append(row)
    return CheckReport(plan=plan, rows=tuple(rows))


def _rows(system: System, plan: CheckPlan, announce: Announce, report: Report) -> Iterator[Row]:
    request, template = plan.request, plan.template
    yield judged(MANIFEST, request.reading.problems)
    if template is None:
        return
    subject = Subject(template=template, scratch=request.scratch / "rendered")
    subject.scratch.mkdir(exist_ok=True)
    announce("rendering every selection")
    yield from fast_rows(subject, system, request.python)
    slow = [check for check in plan.checks if check.slow and check != ENVIRONMENT]
    if request.fast:
        yield from (skipped(check, PASSED_OVER) for check in (ENVIRONMENT, *slow))
        return
    row, project = environment(system, plan, announce, report)
    yield row
    for check in slow:
        if project is None:
            yield skipped(check, "there is no environment")
            continue
        announce(f"{check.id}: {check.proves}")
        yield slow_row(check, project, template, request.scratch / "mypy", plan.frameworks)


def environment(
    system: System, plan: CheckPlan, announce: Announce, report: Report
) -> tuple[Row, Project | None]:
    """A project with its environment, made or adopted; None and the reason where it cannot be had."""
    try:
        if plan.refused is not None:
            raise plan.refused
        return _project(system, plan, announce, report)
    except ScaffoldError as problem:
        output = (*problem.detail, *problem.hint.splitlines())
        return failed(ENVIRONMENT, problem.message, output), None


def _project(
    system: System, plan: CheckPlan, announce: Announce, report: Report
) -> tuple[Row, Project | None]:
    from scaffold.drawing.blueprint import draw, first_record
    from scaffold.environments.layout import python_of
    from scaffold.making import make_environments
    from scaffold.projects.write import write_project

    template, root = plan.template, project_root(plan)
    assert template is not None
    choice = plan.setup.choice if plan.setup else None
    builds = choice.builds if choice else tuple(SAMPLES[one] for one in plan.frameworks)
    python = choice.python if choice else SAMPLE_PYTHON
    drawn = draw(template, first_record(template, _name(template), plan.frameworks, builds, python))
    root.parent.mkdir(parents=True, exist_ok=True)
    write_project(root, drawn.whole)
    if plan.setup is None:
        return _adopted(system, plan, root)
    make_environments(system, plan.setup, _ide_project(plan, template), announce, report)
    made = plan.setup.environments[0]
    interpreter = python_of(made.location, system.platform.os)
    return passed(ENVIRONMENT), Project(root=root, python=interpreter, system=system)


def _adopted(system: System, plan: CheckPlan, root: Path) -> tuple[Row, Project | None]:
    """An environment of the user's, used as it is: nothing is written into it."""
    from scaffold.env.adopt import carry_out as adopt
    from scaffold.env.adopt import plan_adoption
    from scaffold.projects.requirements import BUILD
    from scaffold.shell import line

    adoption = plan_adoption(system, root, plan.request.python)
    missing = [one for one in adoption.missing if not one.startswith(BUILD)]  # nothing of it is built
    if missing:
        install = line(
            str(adoption.environment.python),
            "-m",
            "pip",
            "install",
            *(one.partition(" (")[0] for one in missing),
        )
        return failed(ENVIRONMENT, f"it lacks {missing[0]}", (*missing, f"install them: {install}")), None
    adopt(system, adoption)
    return passed(ENVIRONMENT), Project(root=root, python=adoption.environment.python, system=system)


def _setup(system: System, plan: CheckPlan, template: Template, announce: Announce) -> SetupPlan:
    from scaffold.projects.requirements import BUILD, TEST, direct_requirements
    from scaffold.setup import plan_setup
    from scaffold.template_checks.tools import TOOLS

    return plan_setup(
        system,
        root=project_root(plan),
        wishes=replace(plan.request.wishes, frameworks=plan.frameworks),
        requirements=(*direct_requirements(template, plan.frameworks), *TEST, *BUILD, *TOOLS),
        environment=True,
        announce=announce,
    )


def project_root(plan: CheckPlan) -> Path:
    """Where the project that runs is made."""
    template = plan.template
    assert template is not None
    return plan.request.scratch / "project" / _name(template).distribution


def _name(template: Template) -> ProjectName:
    from scaffold.projects.names import project_name

    try:
        return project_name(f"{template.name}-project")
    except NameRefused:  # a template's folder may be called anything
        return project_name("checked-project")


def _ide_project(plan: CheckPlan, template: Template) -> IdeProject:
    from scaffold.projects.render import project_runs

    name = _name(template)
    runs = project_runs(template, name, plan.frameworks)
    return IdeProject(module=name.distribution, runs=runs, python="", excluded=template.excluded)
