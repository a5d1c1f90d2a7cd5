"""What a template is, for somebody who chooses: what it starts, reaches and takes, without its files."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.builds.model import Framework
from scaffold.errors import TemplateBroken
from scaffold.projects.measured import Measured, Row, read_measured
from scaffold.projects.model import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Brochure:
    """A template's own words, and what was measured of it."""

    template: Template
    programs: tuple[str, ...]  # train, finetune: the run configurations' names less the framework's
    measured: Measured | None

    @property
    def first_runs(self) -> tuple[Row, ...]:
        """What the first press of run was measured to reach and take, a row a framework; quickest first."""
        rows = self.measured.rows if self.measured is not None else ()
        return tuple(sorted((row for row in rows if row.job == "train"), key=lambda row: row.seconds))


def brochure(template: Template) -> Brochure:
    """A template's brochure. What was measured and cannot be read hides no template: none is told then."""
    programs = dict.fromkeys(plain_name(run.name) for run in template.runs)
    try:
        measured = read_measured(template.folder)
    except TemplateBroken:
        measured = None
    return Brochure(template=template, programs=tuple(programs), measured=measured)


def plain_name(run: str) -> str:
    """A run configuration's name less the framework in parentheses.

    >>> plain_name("train (PyTorch)"), plain_name("check gradients")
    ('train', 'check gradients')
    """
    return run.rpartition(" (")[0] if run.endswith(")") and " (" in run else run


def framework_title(name: str) -> str:
    """A framework as its makers write it.

    >>> framework_title("keras"), framework_title("numpy")
    ('Keras', 'NumPy')
    """
    titles: dict[str, str] = {"pytorch": "PyTorch", "keras": "Keras", "numpy": "NumPy"}
    return titles.get(name, name)


def frameworks_text(frameworks: tuple[Framework, ...]) -> str:
    """Frameworks in a row of words.

    >>> frameworks_text(("pytorch", "keras"))
    'PyTorch, Keras'
    """
    return ", ".join(map(framework_title, frameworks))
