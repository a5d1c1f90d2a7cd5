"""The template that copier or cruft made a project from, by what they wrote down in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.adopt.model import Request
from scaffold.errors import Interrupted, ScaffoldError
from scaffold.projects.foreign.noted import Noted, located, note_files, noted, onwards
from scaffold.projects.model import Record
from scaffold.projects.origins.model import Location
from scaffold.projects.origins.parse import at, parse_location
from scaffold.projects.snapshot import Entry, Snapshot
from scaffold.setup import Announce
from scaffold.shell import line
from scaffold.sources.redact import redact
from scaffold.system import System
from scaffold.words import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The project as its template made it, or why that is not known."""

    record: Record
    pristine: Snapshot | None = None
    told: tuple[str, ...] = ()  # for the plan: whose, from where, by which file
    notices: tuple[str, ...] = ()


def made_from(system: System, request: Request, record: Record, announce: Announce) -> Made | None:
    """Fetch and render it, without any of its code; None where nothing says that there is one.

    ``record`` is the project's without a template: that stands, with a notice, where the template cannot be
    had. Raises what keeps one from being had where the user named its place.
    """
    try:
        note = noted(request.root)
    except ScaffoldError as problem:
        return None if request.template else Made(record=record, notices=(_unused(problem),))
    if note is None:
        return None
    try:
        place = _place(system, request, note)
        if place is None:
            return None
        return _rendered(system, request, replace(record, kind=note.kind), note, place, announce)
    except ScaffoldError as problem:
        if request.template or isinstance(problem, Interrupted):
            raise
        why = f"{note.path} says that {_maker(note)} made it from {shown(redact(note.place))}"
        return Made(record=record, notices=(f"{why}, which is left out: {_unused(problem)}",))


def _place(system: System, request: Request, note: Noted) -> Location | None:
    """As it is noted; where the user knows better, there, at the version that is noted."""
    if not request.template:
        return located(note, request.root, system.home)
    said = parse_location(request.template, Path.cwd(), system.home)
    if said.kind == "installed":
        return None
    return said if said.revision else at(said, note.revision)


def _rendered(
    system: System, request: Request, record: Record, note: Noted, place: Location, announce: Announce
) -> Made:
    from scaffold.drawing.foreign import ForeignWishes, draw_foreign
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_same

    announce(f"fetching the template {place.text}, which {note.path} names" if place.is_brought
             else f"rendering the template {place.text}, which {note.path} names")  # fmt: skip
    with fetched(place, system) as found:
        demand_same(found.kind, note.kind, place.text)
        first = replace(
            record, template=place.name, origin=onwards(note, place), revision=found.revision,
            answers=note.answers,
        )  # fmt: skip
        drawn = draw_foreign(system, found, first, ForeignWishes(use_defaults=True), record.frameworks)
    blueprint = drawn.blueprint
    files = dict(blueprint.pristine)
    if (
        note.path in files
    ):  # it is written by machines alone: where the place is spelt otherwise, nobody's work
        files[note.path] = Entry((request.root / note.path).read_bytes())
    return Made(
        record=replace(blueprint.record, frameworks=record.frameworks),
        pristine=files,
        told=tuple(_told(note, blueprint.record)),
        notices=tuple(_notices(request, note, blueprint.account.skipped)),
    )


def _told(note: Noted, record: Record) -> list[str]:
    version = record.template_version
    return [
        f"{record.origin} {version}".rstrip() + f": {_maker(note)} made the project from it, by {note.path}",
        "`scaffold update` brings what later versions of it change; what differs from this one is yours",
    ]


def _notices(request: Request, note: Noted, skipped: tuple[str, ...]) -> list[str]:
    others = [one.name for one in note_files(request.root) if one.name != str(note.path)]
    told = [f"{', '.join(others)}: another template, which is left alone"] if others else []
    if skipped:
        told.append("what the template's own code made is taken to be yours: none of it was run")
    if note.kind == "cookiecutter":
        told.append(
            f"{note.path} stays as it is: from now on scaffold update brings later versions, not cruft"
        )
    return told


def _maker(note: Noted) -> str:
    return "cruft" if note.kind == "cookiecutter" else note.kind


def _unused(problem: ScaffoldError) -> str:
    later = f"{line('rm', '-r', '.scaffold')} && {line('scaffold', 'adopt', '.')}"
    return (
        f"{problem.message}. The project is adopted without its template; later: {later}, "
        "with -t PLACE where it has moved"
    )
