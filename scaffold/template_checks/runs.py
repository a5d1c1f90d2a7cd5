"""Run configurations, before anything is started. Each function yields problems, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffold.projects.model import RunConfiguration
from scaffold.pycharm.model import ConfigurationFile
from scaffold.template_checks.model import Problem
from scaffold.template_checks.subject import Subject, Variant, together

#: Kinds that are started with their smoke arguments; a script may need none.
_WITH_SMOKE = ("module", "torchrun", "pytest")


def described(subject: Subject) -> Iterator[str | Problem]:
    """Rows that do not say what they are for, or how they end soon."""
    for run in subject.template.runs:
        if not run.summary:
            yield f"{run.name!r} has no summary"
        if run.kind in _WITH_SMOKE and not run.smoke:
            yield f"{run.name!r} has no smoke arguments"
    if not any(run.kind == "pytest" for run in subject.template.runs):
        yield 'no run configuration runs the project\'s own tests: kind = "pytest"'
    yield from together(_several_defaults(subject))


def _several_defaults(subject: Subject) -> Iterator[tuple[Variant, str]]:
    for variant in subject.variants:
        first = [run.name for run in subject.runs(variant) if run.default]
        if len(first) > 1 and len(variant.frameworks) == 1:
            yield variant, f"several are the default: {', '.join(first)}"


def launched(subject: Subject) -> Iterator[Problem]:
    """Rows whose XML the IDE would not read, or of which it would start something that is not there."""
    yield from subject.of_each(lambda variant, _: _launched(subject, variant))


def _launched(subject: Subject, variant: Variant) -> Iterator[str]:
    from scaffold.pycharm.reading.configurations import configurations

    root = subject.folder(variant)
    found = {one.name: one for one in configurations(root)}
    for run in subject.runs(variant):
        one = found.get(run.name)
        if one is None:
            yield f"{run.name!r} has no file in .run"
        elif one.problem:
            yield f"{run.name!r}: {one.problem}"
        elif one.kind != run.kind:
            yield f"{run.name!r} reads as {one.kind}, and is {run.kind}"
        elif one.module not in (None, variant.name.distribution):
            yield f"{run.name!r} is of the module {one.module}"
        elif run.kind == "compound":
            missing = [name for name, _ in one.members if name not in found]
            yield from (f"{run.name!r} starts {name!r}, which is not there" for name in missing)
        else:
            yield from (f"{run.name!r}: {problem}" for problem in _command(root, run, one))


def _command(root: Path, run: RunConfiguration, file: ConfigurationFile) -> Iterator[str]:
    """What the launch emulator makes of it."""
    from scaffold.pycharm.launching.commands import command_of
    from scaffold.pycharm.reading.macros import Macros

    command = command_of(file, Macros(project=root), (root, root / "src"))
    yield from command.problems
    if run.arguments and command.arguments[-len(run.arguments) :] != run.arguments and run.kind != "pytest":
        yield f"it starts {' '.join(command.arguments)}"
