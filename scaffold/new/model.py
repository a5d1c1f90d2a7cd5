"""What was asked of `scaffold new`, what will happen, and what stands then."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.builds.model import Framework
from scaffold.drawing.foreign import ForeignWishes
from scaffold.projects.model import Ide, ProjectName, Record, Template, TemplateKind
from scaffold.projects.snapshot import Snapshot
from scaffold.setup import SetupPlan, SetupReport, Wishes

if TYPE_CHECKING:
    from scaffold.drawing.foreign import ForeignDrawing
    from scaffold.facts.model import Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What the user asked for."""

    name: str
    parent: Path  # the folder in which the project's folder is made
    wishes: Wishes  # no frameworks: all that the template has
    template: str | None = None  # a name or a place (`origins.parse`); None: told by the end of the name
    format: TemplateKind | None = None  # whose template is meant, where a folder holds several
    revision: str = ""  # of a template in a git repository: a tag, a branch or a commit
    environment: bool = True  # False: only write the files
    observed: Observed | None = None  # a machine that is told: its plan can be shown, not carried out
    ide: Ide = "pycharm"
    foreign: ForeignWishes = field(default_factory=ForeignWishes)  # where the template is somebody else's


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """All that will happen, decided."""

    record: Record
    target: Path
    template: Template
    setup: SetupPlan
    files: Snapshot
    notices: tuple[str, ...] = ()  # of where the template comes from
    foreign: ForeignDrawing | None = None  # of copier's or cookiecutter's template: what was seen of it

    @property
    def name(self) -> ProjectName:
        """The project's name in its three spellings."""
        return self.record.name

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks that the project holds."""
        return self.setup.frameworks

    @property
    def first_run(self) -> str:
        """The run configuration to press first; "" where there is none."""
        if self.foreign is not None:
            return self.foreign.first_run
        runs = self.template.runs_for(self.frameworks)
        return next((run.name for run in runs if run.default), runs[0].name if runs else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What stands after ``carry_out``."""

    target: Path
    files: int
    setup: SetupReport | None  # None: no environment was asked for
