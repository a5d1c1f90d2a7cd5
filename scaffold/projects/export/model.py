"""What a template renders for every selection of its frameworks: what an export is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath
from typing import Literal

from scaffold.builds.model import Framework
from scaffold.projects.model import ProjectName, Template
from scaffold.projects.rename import PLACEHOLDER
from scaffold.projects.snapshot import Snapshot

ExportFormat = Literal["copier", "cookiecutter"]

#: Some of a template's frameworks, in the template's order; none of a template without any.
Selection = tuple[Framework, ...]

#: Stands for the Python in a rendering: a minor version to whoever counts with it (3.12), and a text that no
#: project holds for another reason.
PYTHON_PLACEHOLDER = "3.0012"

#: The Pythons that an exported template lets its user choose from, the default first.
PYTHONS = ("3.12", "3.11", "3.13")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the user of an exported template says."""

    name: ProjectName
    frameworks: Selection
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderings:
    """A template and what it gives for each selection, with placeholders for the name and the Python."""

    template: Template
    snapshots: Mapping[Selection, Snapshot]  # the selection of all frameworks first

    @property
    def every(self) -> tuple[Selection, ...]:
        """All selections, the one of all frameworks first."""
        return tuple(self.snapshots)

    @property
    def name(self) -> str:
        """The project's name where the user gives none: a text that names the template as `new` wants it."""
        return f"{self.template.name}-project"


def selections(frameworks: Selection) -> tuple[Selection, ...]:
    """Every way to choose some of these frameworks, the most at once first; of none there is one.

    >>> selections(("pytorch", "keras"))
    (('pytorch', 'keras'), ('pytorch',), ('keras',))
    >>> selections(())
    ((),)
    """
    sizes = range(len(frameworks), 0, -1)
    return tuple(chosen for size in sizes for chosen in combinations(frameworks, size)) or ((),)


def placeholders(expressions: Expressions) -> Mapping[str, str]:
    """What stands in a rendering -> the expression that takes its place."""
    return {
        PLACEHOLDER.distribution: expressions.distribution,
        PLACEHOLDER.package: expressions.package,
        PLACEHOLDER.title: expressions.title,
        PYTHON_PLACEHOLDER: expressions.python,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Expressions:
    """What a foreign engine calls the answers."""

    distribution: str
    package: str
    title: str
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A template in a foreign format."""

    format: ExportFormat
    files: Snapshot
    asks: tuple[str, ...]  # the questions, in their order
    rendered: int  # files that the engine renders; all others it copies
    notes: tuple[str, ...] = ()  # what the format cannot do


def spelled(path: PurePosixPath, suffix: str) -> PurePosixPath:
    """A path whose last part is longer."""
    return path.with_name(path.name + suffix)
