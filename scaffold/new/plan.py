"""From a request to a plan of everything that `scaffold new` will do; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.drawing.foreign import Conversation, Silence
from scaffold.errors import OptionRefused, SourceUnreachable
from scaffold.new.model import NewPlan, NewRequest
from scaffold.new.naming import chosen_frameworks, place_and_name
from scaffold.projects.model import ProjectName
from scaffold.setup import Announce, SetupPlan, plan_setup
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.projects.origins.model import Fetched


def plan_new(
    system: System, request: NewRequest, announce: Announce, conversation: Conversation | None = None
) -> NewPlan:
    """Decide everything: names, machine, interpreter, builds, every file's content, every download.

    Cheap refusals come first, so that a wrong name costs no look at the network. What a foreign template
    asks, and whether its code may run, is talked over in the ``conversation``. Raises NameRefused,
    TargetOccupied, NoPermission, TemplateUnknown and its kin, what `foreign.render` raises, PythonMissing,
    NoBuild, InstallFailed.
    """
    from scaffold.projects import write
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_format

    location, name = place_and_name(system, request)
    target = (request.parent / name.distribution).absolute()
    write.check_target(target)
    if location.is_brought:
        announce(f"fetching the template {location.text}")
    try:
        with fetched(location, system) as found:
            demand_format(found)
            if found.kind == "scaffold":
                return plan_native(system, request, found, name, target, announce)
            return _plan_foreign(system, request, found, name, target, announce, conversation or Silence())
    except SourceUnreachable as problem:
        problem.hint = f"{problem.hint}\nthe files alone need no index: --no-env; nothing was written".strip()
        raise


def plan_native(
    system: System,
    request: NewRequest,
    found: Fetched,
    name: ProjectName,
    target: Path,
    announce: Announce,
) -> NewPlan:
    """The plan of a template in our format, wherever it came from; ``target`` can become a folder."""
    from scaffold.drawing.blueprint import draw, first_record
    from scaffold.projects.origins.native import native_template, with_origin
    from scaffold.projects.requirements import BUILD, TEST, direct_requirements

    said = request.foreign
    if said.answers or said.use_defaults or said.trust:
        raise OptionRefused(
            f"{found.location.text} is a template of scaffold's own kind and asks no questions",
            hint="leave out --set, --answers-file, --defaults and --trust",
        )
    template = native_template(found)
    frameworks = chosen_frameworks(template, request.wishes.frameworks)
    requirements = (*direct_requirements(template, frameworks), *TEST, *BUILD)
    setup = _planned(system, request, target, frameworks, requirements, announce)
    builds, python = setup.choice.builds, setup.choice.python
    record = with_origin(first_record(template, name, frameworks, builds, python, request.ide), found)
    files = draw(template, record).whole
    return NewPlan(
        record=record, target=target, template=template, setup=setup, files=files, notices=found.notices
    )


def _plan_foreign(
    system: System,
    request: NewRequest,
    found: Fetched,
    name: ProjectName,
    target: Path,
    announce: Announce,
    conversation: Conversation,
) -> NewPlan:
    """Of copier's or cookiecutter's template: rendered by the package itself, then looked at."""
    from scaffold.drawing.foreign import draw_foreign, foreign_record

    announce(f"{found.kind} renders {found.location.text}")
    first = replace(foreign_record(found, name), ide=request.ide)
    with conversation.aside():
        drawn = draw_foreign(system, found, first, request.foreign, request.wishes.frameworks, conversation)
    record, seen = drawn.blueprint.record, drawn.found
    setup = _planned(
        system, request, target, record.frameworks, seen.requirements, announce,
        allowed=seen.requires_python, wanted=seen.wanted,
    )  # fmt: skip
    return NewPlan(
        record=record,
        target=target,
        template=drawn.blueprint.template,
        setup=setup,
        files=drawn.blueprint.whole,
        foreign=drawn,
    )


def _planned(
    system: System,
    request: NewRequest,
    target: Path,
    frameworks: tuple[Framework, ...],
    requirements: tuple[str, ...],
    announce: Announce,
    *,
    allowed: str = "",
    wanted: tuple[str, ...] = (),
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
        allowed=allowed,
        wanted=wanted,
    )
