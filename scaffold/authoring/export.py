"""``scaffold templates export``: one of our templates in the format of Copier or cookiecutter.

The template is rendered for every selection of its frameworks with placeholders for the name; what these
renderings have in common and where they differ becomes the foreign template. So whatever a template of ours
can say is exported, and the result is proved before it is written: rendered, it must give what `new` gives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import TemplateBroken
from scaffold.projects.export.model import Answers, Exported, ExportFormat, Renderings, Selection
from scaffold.projects.model import Template
from scaffold.projects.snapshot import Snapshot
from scaffold.system import System

#: The longest, the shortest and one of several words: between these, what is computed from a name differs.
_NAMES = ("my-2nd-project-with-a-name-of-40-letters", "ab", "some_thing-else")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """A foreign template, ready to be written."""

    template: Template
    target: Path
    exported: Exported

    @property
    def title(self) -> str:
        """What people call the format."""
        return "Copier" if self.exported.format == "copier" else "cookiecutter"

    @property
    def command(self) -> tuple[str, ...]:
        """What makes a project of it."""
        if self.exported.format == "copier":
            return ("copier", "copy", str(self.target), f"{self.template.name}-project")
        return ("cookiecutter", str(self.target))


def plan_export(system: System, where: str, into: ExportFormat, target: Path) -> ExportPlan:
    """Make and prove the foreign template; nothing is written. ``where`` is what ``new --template`` takes.

    Raises TargetOccupied, NoPermission, what `origins.fetch.fetched` raises; OptionRefused, with the code
    ``export-foreign``, for a template that is not in our format; TemplateBroken, with the code
    ``export-unfaithful``, where a template does with a name what filling it in cannot do.
    """
    from scaffold.projects.export import cookiecutter, copier
    from scaffold.projects.write import check_target

    folder = target.absolute()
    check_target(folder)
    engines: Mapping[ExportFormat, Callable[[Renderings], Exported]] = {
        "copier": copier.export,
        "cookiecutter": cookiecutter.export,
    }
    with template_at(system, where) as template:
        exported = engines[into](renderings(template))
        _prove(template, exported)
    return ExportPlan(template=template, target=folder, exported=exported)


def carry_out(plan: ExportPlan) -> None:
    """Write it. Raises TargetOccupied, NoPermission, NoSpace; then nothing is left."""
    from scaffold.projects.write import write_project

    write_project(plan.target, plan.exported.files)


@contextlib.contextmanager
def template_at(system: System, where: str) -> Iterator[Template]:
    """A template in our format from anywhere, as long as the block runs."""
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_native
    from scaffold.projects.origins.native import native_template
    from scaffold.projects.origins.parse import parse_location

    with fetched(parse_location(where, Path.cwd(), system.home), system) as found:
        demand_native(
            found.kind, where, "and those in scaffold's own format alone are exported",
            hint="they are told by: scaffold templates",
            code="export-foreign",
        )  # fmt: skip
        yield native_template(found)


def renderings(template: Template) -> Renderings:
    """What a template gives for every selection of its frameworks. Raises TemplateBroken."""
    from scaffold.projects.export.model import PYTHON_PLACEHOLDER, selections
    from scaffold.projects.rename import PLACEHOLDER

    made: dict[Selection, Snapshot] = {
        chosen: drawn(template, Answers(name=PLACEHOLDER, frameworks=chosen, python=PYTHON_PLACEHOLDER))
        for chosen in selections(template.frameworks)
    }
    return Renderings(template=template, snapshots=made)


def drawn(template: Template, answers: Answers) -> Snapshot:
    """What `new` makes of these answers where no builds are chosen for a machine."""
    from scaffold.drawing.blueprint import draw, first_record

    return draw(template, first_record(template, answers.name, answers.frameworks, (), answers.python)).files


def _prove(template: Template, exported: Exported) -> None:
    """Hold the export against what `new` gives, for other names and another Python than it was made with."""
    from scaffold.projects.export.model import PYTHONS, selections
    from scaffold.projects.export.proof import difference
    from scaffold.projects.names import project_name

    for number, chosen in enumerate(selections(template.frameworks)):
        name, python = _NAMES[number % len(_NAMES)], PYTHONS[number % len(PYTHONS)]
        answers = Answers(name=project_name(name), frameworks=chosen, python=python)
        found = difference(exported, answers, drawn(template, answers))
        if found:
            raise TemplateBroken(
                f"the template {template.name} cannot be exported: for {name} it would not give the same",
                detail=(found,),
                hint="the template computes with the name or the Python where it should only name them",
                code="export-unfaithful",
            )
