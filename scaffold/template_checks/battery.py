"""The checks, in the order in which they are made: the cheap ones first, as the others build on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from scaffold.builds.model import Framework
from scaffold.projects.catalog import guide
from scaffold.projects.model import RunConfiguration, Template
from scaffold.shell import line
from scaffold.system import System
from scaffold.template_checks import contents, runs
from scaffold.template_checks.imports import unresolved
from scaffold.template_checks.model import Check, Problem, Row, failed, judged, skipped
from scaffold.template_checks.project import SMOKED, Project, own_tests, smoke
from scaffold.template_checks.sources import of_project
from scaffold.template_checks.subject import Subject
from scaffold.template_checks.tools import mypy, ruff

MANIFEST = Check(
    id="manifest",
    proves="template.toml and every part.toml can be read",
    remedy=f"the keys stand in {guide()}; a beginning that can be read: scaffold templates new NAME",
)
ENVIRONMENT = Check(
    id="environment",
    proves="an environment with all that the project asks for can be made, and its frameworks compute",
    remedy="correct `dependencies` in template.toml and part.toml",
    slow=True,
)
RUFF_CHECK = Check(
    id="ruff-check",
    proves="the code passes the linter with the project's own settings, whatever the project is called",
    remedy="scaffold templates open NAME --to DIR, then ruff check --fix there",
)
RUFF_FORMAT = Check(
    id="ruff-format",
    proves="the code is formatted, also with a name of 40 letters",
    remedy="ruff format in the project of scaffold templates open; lines with your_project that a name of 40"
    " letters makes too long: relative imports, one name a line",
)
MYPY = Check(
    id="mypy",
    proves="the types agree, with those of what is installed",
    remedy="the output names file and line",
    slow=True,
)
TESTS = Check(
    id="tests", proves="the project's own quick tests pass", remedy="run them in the project", slow=True
)
SLOW_TESTS = Check(
    id="tests-slow", proves="the project's own slow tests pass", remedy="run them in the project", slow=True
)


def imports_of_its_own(subject: Subject) -> Iterator[Problem]:
    """Imports of what the project itself does not have."""
    yield from subject.of_each(lambda variant, _: unresolved(subject.folder(variant)))


#: What is told by a rendering's bytes, and by what it would start.
CONTENTS: tuple[tuple[Check, Callable[[Subject], Iterable[str | Problem]]], ...] = (
    (
        Check(
            id="composes",
            proves="every selection of frameworks gives a project, with a short and a 40-letter name",
            remedy="correct the file that is named; a path is kept in one layer, what two need in a part",
        ),
        contents.composes,
    ),
    (
        Check(
            id="reproducible",
            proves="the same answers give the same bytes",
            remedy="a README must not depend on time, chance or the machine",
        ),
        contents.reproducible,
    ),
    (
        Check(
            id="readme",
            proves="the README is rendered, and its links to files of the project lead there",
            remedy="correct README.md.jinja; what only some selections have stands in an if",
        ),
        contents.readme,
    ),
    (
        Check(
            id="placeholders",
            proves="nothing speaks of your_project any more",
            remedy="spell it your_project, your-project or Your Project, and in UTF-8",
        ),
        contents.placeholders,
    ),
    (
        Check(
            id="portable",
            proves="no link, no folder of one machine, no leftovers of tools, names for every system",
            remedy="rename the one or the other",
        ),
        contents.portable,
    ),
    (
        Check(
            id="metadata",
            proves="pyproject.toml has the project's name and asks for nothing of frameworks not chosen",
            remedy="move the requirement into the layer of its framework",
        ),
        contents.metadata,
    ),
    (
        Check(
            id="imports",
            proves="what a file imports of its own project is there in every selection",
            remedy="move the file or the import into the layer of its framework",
        ),
        imports_of_its_own,
    ),
    (
        Check(
            id="runs",
            proves="every run configuration says what it is for and how a short run of it ends",
            remedy="give each [[run]] a summary and smoke arguments; one of kind pytest runs the tests",
        ),
        runs.described,
    ),
    (
        Check(
            id="launches",
            proves="PyCharm reads every run configuration and finds what it starts",
            remedy="correct `target`, `kind` or `members` of the [[run]]",
        ),
        runs.launched,
    ),
)


def smoke_check(run: RunConfiguration) -> Check:
    """The check of one run configuration."""
    return Check(
        id=f"smoke:{run.name}",
        proves=f"{run.name} runs to its end with its smoke arguments",
        remedy=f"{line('scaffold', 'run', run.name)} in the project; give the [[run]] other smoke arguments",
        slow=True,
    )


def smoked(template: Template) -> tuple[RunConfiguration, ...]:
    """The run configurations that are started."""
    return tuple(run for run in template.runs if run.kind in SMOKED)


def battery(template: Template | None) -> tuple[Check, ...]:
    """All checks of a template; of one that cannot be read, the first alone."""
    if template is None:
        return (MANIFEST,)
    smokes = (smoke_check(run) for run in smoked(template))
    fast = (check for check, _ in CONTENTS)
    return (MANIFEST, *fast, RUFF_CHECK, RUFF_FORMAT, ENVIRONMENT, MYPY, TESTS, SLOW_TESTS, *smokes)


def fast_rows(subject: Subject, system: System, python: Path | None = None) -> Iterator[Row]:
    """The checks that need no environment; ``python`` is of one that may have ruff."""
    for check, problems in CONTENTS:
        row = judged(check, problems(subject))
        yield row if problems in _OF_ALL else _of_renderings(row, subject)
    for check in (RUFF_CHECK, RUFF_FORMAT):
        yield _of_renderings(ruff_row(subject, system, check, python), subject)


#: What is told also where nothing can be rendered.
_OF_ALL = (contents.composes, runs.described)


def _of_renderings(row: Row, subject: Subject) -> Row:
    """A check of renderings has proved nothing of those that there are not."""
    lost, every = len(subject.variants) - len(subject.trees), len(subject.variants)
    if not lost or (row.status == "failed" and lost < every):
        return row
    return skipped(row.check, f"{lost} of {every} renderings could not be made: composes says why")


def ruff_row(subject: Subject, system: System, check: Check, python: Path | None = None) -> Row:
    """The linter or the formatter, on every rendering at once."""
    for variant in subject.trees:
        subject.folder(variant)
    if not subject.scratch.is_dir():
        return failed(check, "there is nothing to look at")
    how = ("check", "--output-format", "concise") if check is RUFF_CHECK else ("format", "--check")
    return ruff(system, check, subject, python, *how)


def slow_row(
    check: Check, project: Project, template: Template, cache: Path, frameworks: tuple[Framework, ...]
) -> Row:
    """One of the checks that need a project with an environment, of these frameworks."""
    from scaffold.projects.record import read_record

    row = _slow(check, project, template, cache, frameworks)
    return of_project(row, template, read_record(project.root).name, frameworks, project.root)


def _slow(
    check: Check, project: Project, template: Template, cache: Path, frameworks: tuple[Framework, ...]
) -> Row:
    if check == MYPY:
        return mypy(
            project.system, check, project.root, project.python, cache=cache, environment=project.environment
        )
    if check in (TESTS, SLOW_TESTS):
        return own_tests(project, check, "slow" if check == SLOW_TESTS else "not slow")
    run = next(one for one in smoked(template) if smoke_check(one).id == check.id)
    if run not in template.runs_for(frameworks):
        return skipped(check, f"{run.framework} was not chosen")
    return smoke(project, check, run)
