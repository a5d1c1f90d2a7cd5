"""The template that a project is taken to be made from, wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scaffold.adopt.model import Request
from scaffold.errors import NameRefused
from scaffold.projects.discovery.model import Discovered
from scaffold.projects.model import Record
from scaffold.projects.origins.model import Fetched
from scaffold.projects.snapshot import Snapshot
from scaffold.system import System


def record_of_template(system: System, request: Request, found: Discovered) -> Record:
    """The record that `scaffold new` would have written; builds and Python are not known yet.

    Raises TemplateUnknown and its kin, NameRefused, OptionRefused.
    """
    from scaffold.drawing.blueprint import first_record
    from scaffold.new.naming import chosen_frameworks
    from scaffold.projects.names import project_name
    from scaffold.projects.origins.native import native_template, with_origin

    with _fetched(system, request) as fetched:
        template = native_template(fetched)
        seen = tuple(one for one in found.frameworks if one in template.frameworks)
        frameworks = chosen_frameworks(template, request.frameworks or seen)
        try:
            name = project_name(request.root.name if request.name is None else request.name)
        except NameRefused as problem:
            problem.hint = "name it as it was made: scaffold adopt --template NAME --name PROJECT-NAME"
            raise
        return with_origin(first_record(template, name, frameworks, (), "", request.ide), fetched)


def remembered(system: System, request: Request, record: Record) -> Snapshot:
    """The project as the template has it today, with what it would remember of its making."""
    from scaffold.drawing.blueprint import draw
    from scaffold.projects.origins.native import native_template

    with _fetched(system, request) as fetched:
        return draw(native_template(fetched), record).whole


@contextmanager
def _fetched(system: System, request: Request) -> Iterator[Fetched]:
    """The template's folder. Raises OptionRefused (adopt-foreign) for one in another format."""
    from pathlib import Path

    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_native
    from scaffold.projects.origins.parse import parse_location

    with fetched(parse_location(request.template, Path.cwd(), system.home), system) as found:
        demand_native(
            found.kind, request.template, "and no .copier-answers.yml or .cruft.json here tells its answers",
            hint="adopt the project without it: scaffold adopt", code="adopt-foreign",
        )  # fmt: skip
        yield found
