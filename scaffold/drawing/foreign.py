"""What a template of copier or cookiecutter comes down to: a blueprint like one of ours.

The package itself renders (`scaffold.projects.foreign`). What it made is looked at as any project is: which
frameworks it needs, what can be started in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from scaffold import __version__
from scaffold.builds.model import Framework
from scaffold.drawing.blueprint import Account, Blueprint, ide_files
from scaffold.errors import ConsentNeeded
from scaffold.projects.model import ProjectName, Record, RunConfiguration, Template
from scaffold.projects.snapshot import Snapshot, entries
from scaffold.system import System

if TYPE_CHECKING:
    from scaffold.projects.discovery import Discovered
    from scaffold.projects.foreign.model import ForeignRendering, ForeignTemplate
    from scaffold.projects.origins.model import Fetched


#: Said of a plan of which a part is not known.
_BEFORE = "the files are shown as they are before that runs: what it makes is missing, or shown as removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignWishes:
    """What the user says to somebody else's template."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    use_defaults: bool = False  # for whatever is not answered
    trust: bool = False  # its hooks, tasks and extensions may run
    ask: bool = False  # at the terminal, where somebody sits there
    rehearse: bool = False  # nothing of it runs, trusted or not: what will run is only told


class Conversation(Protocol):
    """What is said at the terminal while a foreign template is rendered."""

    def aside(self) -> AbstractContextManager[None]:
        """While this lasts the terminal is the template's: it asks its own questions."""

    def agree(self, template: ForeignTemplate) -> None:
        """Show what will run, before it does; raises where the answer is no."""


class Silence:
    """Nobody is there to talk to: what was said beforehand holds."""

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    def agree(self, template: ForeignTemplate) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDrawing:
    """A foreign template's project, and what was seen on the way."""

    blueprint: Blueprint
    found: Discovered
    first_run: str = ""  # the run configuration to start first; "" where nothing can be started

    @property
    def account(self) -> Account:
        """What ran, what did not, what is to be noticed."""
        return self.blueprint.account


def foreign_record(found: Fetched, name: ProjectName) -> Record:
    """What a project remembers of a template that nothing was made of yet."""
    return Record(
        template=found.location.name,
        template_version=found.version,
        provider="",
        scaffold_version=__version__,
        name=name,
        frameworks=(),
        kind=found.kind,
        origin=found.location.text,
        revision=found.revision,
    )


def draw_foreign(
    system: System,
    found: Fetched,
    record: Record,
    wishes: ForeignWishes,
    frameworks: tuple[Framework, ...] = (),
    conversation: Conversation | None = None,
) -> ForeignDrawing:
    """Render a foreign template with what a record remembers of its answers and with what the user says.

    Nothing of a trusted template runs before the ``conversation`` agreed to it.
    ``frameworks`` are those that the user wants builds of; by default those that the project needs. Raises
    what `foreign.render` does.
    """
    from scaffold.projects.discovery import SnapshotContents, discover

    made = _rendered(system, found, record, wishes, conversation or Silence())
    seen = discover(SnapshotContents(made.files))
    now = replace(
        record,
        frameworks=frameworks or seen.frameworks,
        template_version=found.version,
        answers=made.answers,
        trusted=bool(made.skipped if wishes.trust and wishes.rehearse else made.ran),
        scaffold_version=__version__,
        secret_files=() if made.secrets is None else tuple(sorted(map(str, made.secrets.paths))),
    )
    template = _as_template(found, now, seen)
    runs = _configurations(made.files, now, template)
    files = _with(made.files, runs)
    return ForeignDrawing(
        blueprint=Blueprint(
            record=now, template=template, files=files, once=made.once,
            account=_account(made, wishes, (*found.notices, *made.notices, *seen.notes)),
            secrets=made.secrets and replace(
                made.secrets, kept=_with(made.secrets.kept, runs), answered=_with(made.secrets.answered, runs)
            ),
        ),
        found=seen, first_run=_first_run(seen.runs, files),
    )  # fmt: skip


def _rendered(
    system: System, found: Fetched, record: Record, wishes: ForeignWishes, conversation: Conversation
) -> ForeignRendering:
    from scaffold.projects.foreign import describe, render

    trust = wishes.trust and not wishes.rehearse
    try:
        return render(
            found,
            system,
            name=record.name,
            answers=wishes.answers,
            use_defaults=wishes.use_defaults,
            trust=trust,
            ask=wishes.ask,
            remembered=record.answers,
            since=_since(found, record),
            again=bool(record.files),
            agree=conversation.agree,
        )
    except ConsentNeeded as problem:
        if wishes.trust and not trust:
            problem.message += "; a dry run runs no code of a template's, trusted or not"
            would_run = describe(found, system, answers=wishes.answers).would_run
            problem.detail = tuple(f"would run: {one}" for one in would_run)
            problem.hint = "without --dry-run that is shown, and on a terminal asked, before any of it runs"
        raise


def _since(found: Fetched, record: Record) -> str | None:
    """The version that a project comes from; None where it is made now, or stays at the same."""
    if not record.files or (record.revision and record.revision == found.revision):
        return None
    return record.template_version


def _account(made: ForeignRendering, wishes: ForeignWishes, notices: tuple[str, ...]) -> Account:
    rehearsed = wishes.trust and wishes.rehearse
    if rehearsed and made.skipped:
        notices = (*notices, _BEFORE)
    return Account(
        ran=made.ran,
        skipped=() if rehearsed else made.skipped,
        would_run=made.skipped if rehearsed else (),
        migrations=made.migrations,
        dropped=made.dropped,
        notices=notices,
    )


def _as_template(found: Fetched, record: Record, seen: Discovered) -> Template:
    return Template(
        name=record.template,
        title=record.template,
        description=f"made with {found.kind} from {record.origin}",
        version=found.version,
        provider=record.provider,
        folder=found.folder,
        layers=(),
        runs=seen.runs,
        frameworks=record.frameworks,
        excluded=seen.excluded,
    )


def _with(files: Snapshot, more: Snapshot) -> Snapshot:
    return dict(sorted({**more, **files}.items()))


def _first_run(runs: tuple[RunConfiguration, ...], files: Snapshot) -> str:
    """As it is called among those that are really there: a template's own may be called anything."""
    from scaffold.pycharm.project.adding import configurations_in, name_of

    first = next((run for run in runs if run.default), runs[0] if runs else None)
    return "" if first is None else name_of(first, configurations_in(files))


def _configurations(files: Snapshot, record: Record, template: Template) -> Snapshot:
    """Run configurations for what can be started, beside those that the template brings itself."""
    from scaffold.pycharm.project.adding import added, configurations_in

    runs: tuple[RunConfiguration, ...] = added(template.runs, configurations_in(files))
    made = entries(ide_files(record.ide, template, record.name, runs))
    return {path: one for path, one in made.items() if path not in files}
