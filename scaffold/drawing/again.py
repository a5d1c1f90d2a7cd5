"""A project's template as it is now, whoever wrote it, rendered with what the project remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.errors import ConsentNeeded, OptionRefused, ScaffoldError, TemplateUnknown
from scaffold.projects.model import Record, Template
from scaffold.shell import line
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.drawing.blueprint import Blueprint
    from scaffold.drawing.foreign import Conversation, ForeignWishes
    from scaffold.projects.origins.model import Fetched
    from scaffold.projects.snapshot import Snapshot


def again(
    system: System,
    record: Record,
    *,
    to: str = "",
    answers: Mapping[str, str] | None = None,
    trust: bool = False,
    rehearse: bool = False,
    conversation: Conversation | None = None,
) -> Blueprint:
    """Fetch the template and render it; nothing is written into the project.

    ``to`` is the version that is wanted of it, by default the newest; ``answers`` change some of the answers;
    ``trust`` lets a foreign template run code, as soon as the ``conversation`` agreed; where it is only
    ``rehearse``d none runs. Raises TemplateUnknown, TemplateUnreachable, TemplateUnsafe,
    TemplateBroken, OptionRefused for an answer that there is not, ConsentNeeded where the project was made
    with code of the template's author and ``trust`` is not said again.
    """
    from scaffold.drawing.blueprint import draw
    from scaffold.drawing.foreign import ForeignWishes
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_same
    from scaffold.projects.origins.native import native_template, place_of, with_origin

    if not record.origin:
        template = _installed(record)
        _refuse_version(template, to)
        return draw(template, _answered(system, template, record, answers))
    with fetched(place_of(system, record, to), system) as found:
        demand_same(found.kind, record.kind, record.origin, hint="name an older revision with --to")
        if found.kind != "scaffold":
            said = ForeignWishes(answers=answers or {}, use_defaults=True, trust=trust, rehearse=rehearse)
            return _foreign(system, found, record, said, conversation)
        template = native_template(found)
        return draw(template, with_origin(_answered(system, template, record, answers), found))


def as_made(system: System, record: Record) -> Snapshot | None:
    """What the project was made as, rendered once more from the same version; None where that cannot be.

    Every file must come out as the record remembers it: a near miss would make the user's lines look like the
    template's.
    """
    from scaffold.projects.record import digests

    for revision in dict.fromkeys((record.revision, "")):  # an archive has one and none can be asked for
        try:
            files = again(system, record, to=revision).pristine
        except ScaffoldError:
            continue
        if digests(files) == record.files:
            return files
    return None


def _answered(
    system: System, template: Template, record: Record, answers: Mapping[str, str] | None
) -> Record:
    from scaffold.drawing.answers import answered

    return answered(system, template, record, answers or {})


def _installed(record: Record) -> Template:
    from scaffold.projects.catalog import find_template

    try:
        return find_template(record.qualified_template)
    except TemplateUnknown as problem:
        problem.message = f"{record.provider}, which brings this project's template, is not installed"
        problem.detail = (f"the project was made of {record.qualified_template} {record.template_version}",)
        problem.hint = f"{line('pip', 'install', record.provider)}; what is installed: scaffold templates"
        raise


def _foreign(
    system: System,
    found: Fetched,
    record: Record,
    wishes: ForeignWishes,
    conversation: Conversation | None,
) -> Blueprint:
    from scaffold.drawing.foreign import draw_foreign
    from scaffold.projects.origins.native import with_origin

    if record.trusted and not wishes.trust:
        raise ConsentNeeded(
            f"the project was made with code of {record.origin}'s author, and cannot be compared without it",
            hint="say --trust if you still trust its author; what would run: "
            f"{line('scaffold', 'templates', 'show', record.origin)}",
            code="template-needs-trust",
        )
    drawing = draw_foreign(system, found, record, wishes, conversation=conversation).blueprint
    return replace(drawing, record=with_origin(drawing.record, found))


def _refuse_version(template: Template, wanted: str) -> None:
    """A template that is installed is there in one version, its distribution's."""
    from scaffold.threeway.memory import is_older

    if wanted.removeprefix("v") in {"", template.version}:
        return
    exact = f"{template.provider}=={wanted.removeprefix('v')}"
    older = is_older(wanted.removeprefix("v"), template.version)
    words = ("pip", "install", exact) if older else ("pip", "install", "--upgrade", template.provider)
    raise OptionRefused(
        f"template {template.name} is installed in version {template.version}, not in {wanted}",
        detail=(f"it comes with {template.provider}, which brings one version of it at a time",),
        hint=f"install the {template.provider} that has it, such as: {line(*words)}; "
        f"then: {line('scaffold', 'update', '--to', wanted)}",
    )
