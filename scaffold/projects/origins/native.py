"""Templates in our format that are not installed, as templates; and the one that a project was made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scaffold.errors import OptionRefused, TemplateUnknown
from scaffold.projects.model import Record, Template
from scaffold.projects.origins.model import Fetched, Location
from scaffold.projects.origins.parse import at, parse_location
from scaffold.system import System


def native_template(found: Fetched) -> Template:
    """A template in our format; it can be rendered as long as what was fetched lies there.

    Raises TemplateBroken, TemplateUnknown.
    """
    from scaffold.projects.catalog import find_template, template_in

    if found.location.kind == "installed":
        return find_template(found.location.where)
    template = template_in(found.folder, found.location.text)
    return replace(template, name=found.location.name, apart=found.location.kind != "package")


def with_origin(record: Record, found: Fetched) -> Record:
    """A record that also tells where its template came from; an installed one is found by its name."""
    if found.location.kind == "installed":
        return record
    return replace(record, kind=found.kind, origin=found.location.text, revision=found.revision)


def place_of(system: System, record: Record, to: str = "") -> Location:
    """Where a project's template is looked for; ``to`` is a tag, a branch or a commit.

    Raises OptionRefused where there are no revisions to choose from, or where the record names no place.
    """
    text = record.origin or record.qualified_template
    location = parse_location(text, system.home or Path("/"), system.home)
    return replace(at(location, to), format=record.kind if record.origin else None)


def newer(system: System, record: Record) -> str:
    """The version or the commit that is newer than what a project was made of; "" where there is none.

    Of a folder and of an archive only rendering it tells: then "", too. Raises TemplateUnknown and
    TemplateUnreachable.
    """
    from scaffold.projects.catalog import find_template

    if not record.origin:
        there = find_template(record.qualified_template).version
        return there if there != record.template_version else ""
    location = place_of(system, record)
    if location.kind != "git":
        return ""
    from scaffold.projects.origins.git import choose, revisions

    refs = revisions(location, system)
    chosen = choose(location, refs)
    commit = refs.get(chosen.ref, "")
    return (chosen.version or commit[:12]) if commit and commit != record.revision else ""


def template_here(record: Record, home: Path | None = None) -> Template:
    """The template of a project, where it lies on this machine; nothing is fetched.

    Raises TemplateUnknown, TemplateBroken, TemplateUnsafe.
    """
    from scaffold.projects.catalog import find_template
    from scaffold.projects.origins.fetch import in_place

    if not record.origin:
        return find_template(record.qualified_template)
    try:
        location = parse_location(record.origin, Path("/"), home)
    except OptionRefused as problem:
        raise TemplateUnknown(f"the record names no template: {problem.message}") from problem
    share = location.where.startswith(
        ("//", "\\\\")
    )  # a stranger's record must not make Windows log in there
    if record.kind != "scaffold" or location.kind not in ("folder", "package") or share:
        raise TemplateUnknown(
            f"the template {record.origin} is not on this machine",
            hint="scaffold update fetches it again",
        )
    return native_template(in_place(location))
