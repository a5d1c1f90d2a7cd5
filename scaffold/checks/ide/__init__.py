"""What is wrong with a project's IDE files: pure functions from facts to findings, one subject a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from scaffold.checks.ide import (
    arguments,
    committed,
    exclusions,
    files,
    interpreters,
    modules,
    names,
    paths,
    secrets,
    targets,
)
from scaffold.checks.model import Finding
from scaffold.pycharm.survey.model import IdeFacts

Known = TypeVar("Known")

Rule = Callable[[IdeFacts], Iterator[Finding]]

#: In the order in which findings of one level are shown: what keeps others from being seen comes first.
RULES: tuple[Rule, ...] = (
    files.conflicts,
    files.readable,
    targets.targets,
    targets.bound,
    modules.there,
    modules.named,
    modules.roots,
    modules.test_runner,
    interpreters.in_run_configurations,
    interpreters.in_modules,
    paths.personal,
    paths.absolute,
    arguments.quotes,
    arguments.env_files,
    arguments.working_folders,
    arguments.macros,
    names.unique,
    names.current,
    secrets.kept,
    committed.users_files,
    committed.whole,
    committed.plugins,
    committed.git_asked,
    exclusions.excluded,
    files.told_apart,
    targets.startable,
)


def inspect(facts: IdeFacts) -> tuple[Finding, ...]:
    """Ask every rule; one that breaks says so and stops no other."""
    return tuple(one for rule in RULES for one in asked(rule, facts))


def asked(rule: Callable[[Known], Iterator[Finding]], facts: Known) -> tuple[Finding, ...]:
    """What a rule says; where it breaks, that."""
    from scaffold.checks.model import broken

    try:
        return tuple(rule(facts))
    except Exception as problem:  # noqa: BLE001 - whatever it is, the other rules must still be heard
        return (broken(rule, problem),)
