"""Paths that hold on one machine only, in files that others get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.places import of_one_machine
from scaffold.checks.ide.shown import EDIT_RUN, evidence, fixed_by_us
from scaffold.checks.model import Finding
from scaffold.pycharm.mending.arguments import ARGUMENTS, meant, named
from scaffold.pycharm.reading.parameters import parse
from scaffold.pycharm.survey.paths import DECISIVE, is_absolute, is_personal, path_values
from scaffold.pycharm.survey.runs import is_elsewhere
from scaffold.sources.keys import shown_value

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scaffold.pycharm.survey.model import IdeFacts


def personal(facts: IdeFacts) -> Iterator[Finding]:
    """No file that others get names somebody's home folder."""
    decisive, others = list[tuple[str, str]](), list[tuple[str, str]]()
    curable = list[bool]()
    for file in facts.shared:
        for element, _, value in path_values(file.document.root) if file.document is not None else ():
            if is_personal(value, facts.root):
                starts = element.get("name") in DECISIVE or element.tag in _ROOTS
                (decisive if starts else others).append((file.place(element), _shown(element, value)))
                curable.append(file.changeable and not is_personal(_portable(facts, value), facts.root))
    if decisive or others:
        yield Finding(
            id="ide.personal-path",
            level="error" if decisive else "warning",
            title="Files that others get name somebody's home folder",
            detail="that folder is on one machine; everywhere else the path leads nowhere",
            cause="personal-path",
            evidence=evidence([*decisive, *others]),
            remedy=fixed_by_us(
                "write paths of the project from $PROJECT_DIR$",
                curable,
                f"use $PROJECT_DIR$, a relative path, or a variable ({EDIT_RUN})",
            ),
        )


def _portable(facts: IdeFacts, value: str) -> str:
    return facts.portable.get(value, value)


#: Elements whose url says what belongs to a module.
_ROOTS = frozenset(("content", "sourceFolder", "excludeFolder"))


def absolute(facts: IdeFacts) -> Iterator[Finding]:
    """What a shared run configuration starts lies in the project."""
    found = [
        (run, option)
        for run in facts.runs
        if run.file.shared and not run.template and not is_elsewhere(run)
        for option in DECISIVE
        if is_absolute(run.option(option)) and not is_personal(run.option(option), facts.root)
    ]
    data = list(_data(facts))
    if found or data:
        curable = [
            run.file.changeable and not is_absolute(_portable(facts, run.option(option)))
            for run, option in found
        ] + [False for _ in data]
        yield Finding(
            id="ide.absolute-path",
            level="error" if any(run.lacks for run, _ in found) else "warning",
            title="Run configurations that others get use absolute paths of one machine",
            detail="they work only where the same folders are in the same places, and not on another system",
            cause="absolute-path",
            evidence=evidence(
                [*((run.place(option), f"{option} = {run.option(option)}") for run, option in found), *data]
            ),
            remedy=fixed_by_us(
                "write paths of the project from $PROJECT_DIR$",
                curable,
                f"use $PROJECT_DIR$ or a relative path ({EDIT_RUN})",
            ),
        )


def _data(facts: IdeFacts) -> Iterator[tuple[str, str]]:
    """Where arguments, variables and the output file lead to data of one machine, and what stands there.

    A container's folders and the system's are none.
    """
    for run in facts.runs:
        if not run.file.shared or run.template or is_elsewhere(run):
            continue
        for option in ARGUMENTS:
            pairs = list(named(parse(meant(option, run.option(option)))))
            if any(_leads_there(name, value, facts) for name, value in pairs):
                yield run.place(option), f"{option} = {run.option(option)}"
        for element in run.element.iter("env"):
            name, value = element.get("name", ""), element.get("value", "")
            if _leads_there(name, value, facts):
                yield run.file.place(element), f"{name} = {shown_value(name, value)}"
        for element in run.element.iter("output_file"):
            if _leads_there("output", element.get("path", ""), facts):
                yield run.file.place(element), f"output file = {element.get('path')}"


def _leads_there(name: str, value: str, facts: IdeFacts) -> bool:
    return of_one_machine(name, value) and not is_personal(value, facts.root)


def _shown(element: Element, value: str) -> str:
    name = element.get("name")
    return f"{name} = {value}" if name else value
