"""A blueprint: every file of a project, and what the project remembers of its making."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold import __version__
from scaffold.projects.model import Ide, ProjectName, Record, RunConfiguration, Template, Tree
from scaffold.projects.snapshot import Snapshot

if TYPE_CHECKING:
    from scaffold.builds.model import BuildPlan, Framework
    from scaffold.projects.foreign.model import Dropped, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is to be told of a rendering, beside its files; of templates in our format there is nothing."""

    ran: tuple[str, ...] = ()  # of the template's own code
    skipped: tuple[str, ...] = ()  # what would have run, had the template been trusted
    would_run: tuple[str, ...] = ()  # what will run of it, and has not yet: this is a dry run
    migrations: tuple[str, ...] = ()  # what copier would run at this update, and nobody does
    dropped: tuple[Dropped, ...] = ()  # earlier answers that do not stand
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A project as its template has it."""

    record: Record
    template: Template  # of a foreign one: what it comes down to
    files: Snapshot  # what the template gives; without the project's record and its pristine rendering
    once: tuple[PurePosixPath, ...] = ()  # of them: the user's as soon as they are there, no update's
    account: Account = field(default_factory=Account)
    secrets: Secrets | None = None  # where there are any: `files` less those, and which files hold them

    @property
    def pristine(self) -> Snapshot:
        """The files as the project remembers them, and as an update merges them: without secrets."""
        return self.files if self.secrets is None else self.secrets.kept

    @property
    def whole(self) -> Snapshot:
        """Every file of the project, what it remembers of its making included."""
        from scaffold.projects.record import recorded

        return recorded(self.record, self.files, self.pristine)


def first_record(
    template: Template,
    name: ProjectName,
    frameworks: tuple[Framework, ...],
    builds: tuple[BuildPlan, ...],
    python: str,
    ide: Ide = "pycharm",
) -> Record:
    """What a project made of one of the installed templates remembers."""
    return Record(
        template=template.name,
        template_version=template.version,
        provider=template.provider,
        scaffold_version=__version__,
        name=name,
        frameworks=frameworks,
        ide=ide,
        python=python,
        builds=builds,
    )


def draw(template: Template, record: Record) -> Blueprint:
    """Render a template in our format with what a record says; the same record gives the same bytes.

    Raises TemplateBroken.
    """
    from scaffold.projects.render import project_runs, render
    from scaffold.projects.write import check_paths

    runs = project_runs(template, record.name, record.frameworks)
    files = render(
        template,
        record.name,
        record.frameworks,
        record.builds,
        record.python,
        ide_files(record.ide, template, record.name, runs),
    )
    check_paths(files)
    now = replace(record, template_version=template.version, scaffold_version=__version__)
    return Blueprint(record=now, template=template, files=files)


def ide_files(ide: Ide, template: Template, name: ProjectName, runs: tuple[RunConfiguration, ...]) -> Tree:
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
