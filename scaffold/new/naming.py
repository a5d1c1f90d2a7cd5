"""Which template is meant, from where, and what the project is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.errors import OptionRefused, TemplateUnknown
from scaffold.new.model import NewRequest
from scaffold.projects.model import ProjectName, Template
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.projects.origins.model import Location


def place_and_name(system: System, request: NewRequest) -> tuple[Location, ProjectName]:
    """Where the template is that is meant, and the project's name. ``cnn-project`` means template ``cnn``."""
    from scaffold.projects import catalog, names
    from scaffold.projects.origins.parse import at, parse_location

    wanted = request.template or meant_template(request.name)
    name = names.project_name(request.name, template=wanted)
    if wanted is None:
        known = ", ".join(one.name for one in catalog.find_templates().templates)
        raise TemplateUnknown(
            f"the name {request.name} does not tell which template is meant",
            hint=f"say it with --template ({known}), or end the name in one: {known.split(', ')[0]}-project",
        )
    location = parse_location(wanted, request.parent, system.home)
    if location.kind == "installed":
        catalog.demand(location.where, request.parent)
    return replace(at(location, request.revision), format=request.format), name


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
