"""Modules: what belongs to the project, and what PyCharm takes for source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import evidence, fixed_by_us, some
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.pycharm.mending.modules import (
    MODULES,
    by_unittest,
    forgettable,
    lacks_source_root,
    lost,
    misnamed,
    new_name,
)

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts, IdeModule

_REOPEN = Remedy(text="delete .idea/modules.xml and open the folder in PyCharm: it makes the module anew")


def there(facts: IdeFacts) -> Iterator[Finding]:
    """Each module that modules.xml names is there, and each .iml is named."""
    for missing in filter(None, _by_cure(facts)):
        yield Finding(
            id="ide.iml-missing",
            level="error",
            title=f"{MODULES} names modules that are not there: {some(one.path for one in missing)}",
            detail="PyCharm opens the project without them, and their run configurations start nothing",
            cause="iml-missing",
            evidence=evidence((one.place, one.path) for one in missing),
            remedy=_written_anew(facts, missing),
        )
    unread = [file for file in facts.files if file.path.endswith(".iml") and file.path.startswith(".idea/")]
    if unread and facts.file(MODULES) is None:
        yield Finding(
            id="ide.modules-missing",
            level="warning",
            title=f"There is no {MODULES}, so PyCharm does not read {some(file.path for file in unread)}",
            detail="it makes a module of its own: source roots and excluded folders are lost",
            cause="modules-missing",
            evidence=tuple(Evidence(source=file.path, value="named nowhere") for file in unread),
            remedy=Remedy(text="have it written", commands=(("scaffold", "ide", "pycharm"),))
            if facts.ours
            else Remedy(text="take it back from git, or delete the .iml"),
        )


def _by_cure(facts: IdeFacts) -> tuple[list[IdeModule], list[IdeModule]]:
    """What is missing: first what nobody needs, then the others."""
    easy = forgettable(facts)
    return list(easy), [one for one in lost(facts) if one not in easy]


def _written_anew(facts: IdeFacts, missing: list[IdeModule]) -> Remedy:
    if missing[0] in forgettable(facts):
        return fixed_by_us(f"take {some(one.path for one in missing)} out of {MODULES}")
    if facts.ours:
        return Remedy(text="have them written anew", commands=(("scaffold", "ide", "pycharm"),))
    tracked = tuple(one.path for one in missing if one.path in facts.git.tracked)
    if tracked:
        return Remedy(
            text="take them back from git", commands=tuple(("git", "checkout", "--", one) for one in tracked)
        )
    return _REOPEN


def named(facts: IdeFacts) -> Iterator[Finding]:
    """The module is called as pyproject.toml calls the project."""
    own = misnamed(facts)
    if own is None or own.module is None:
        return
    name, runs = own.module.name, [run for run in facts.runs if run.stored]
    bound = [run for run in runs if run.configuration.module == name]
    yield Finding(
        id="ide.module-name",
        level="warning" if bound else "info",
        title=f"The module is called {name}, the project {facts.name}",
        detail="PyCharm 2026.2 and later rename the module to [project].name of pyproject.toml"
        + ("; run configurations that name the old one start no more" if bound else ""),
        cause="module-name",
        evidence=(
            Evidence(source=own.path, value=f"module {name}"),
            Evidence(source="pyproject.toml", value=f"[project].name = {facts.name}"),
            *evidence((run.place(), f'<module name="{name}" />') for run in bound),
        ),
        remedy=fixed_by_us(f"call the module {facts.name}")
        if new_name(facts)
        else Remedy(text=f"call the module {facts.name} (PyCharm: right click on it | Refactor | Rename)"),
    )


def roots(facts: IdeFacts) -> Iterator[Finding]:
    """One content root a module; and code below ``src`` is imported from there."""
    for one in facts.modules:
        if one.module is None or one.file is None:
            continue
        if len(one.module.content) > 1:
            yield Finding(
                id="ide.content-roots",
                level="info",
                title=f"The module {one.module.name} has {len(one.module.content)} content roots",
                detail="PyCharm 2026 finds a module by its only content root, and makes another one here",
                cause="content-roots",
                evidence=evidence(
                    (one.file.place(root), root.get("url", "")) for root in one.file.elements("content")
                ),
                remedy=Remedy(
                    text="keep one (Settings | Project Structure), and make others modules of their own"
                ),
            )
        if lacks_source_root(one, facts):
            yield Finding(
                id="ide.source-root",
                level="warning",
                title=f"src is no source root, but holds {some(facts.packages)}",
                detail="PyCharm marks imports of it as unresolved, and does not put it on PYTHONPATH",
                cause="source-root",
                evidence=(Evidence(source=one.file.path, value="no sourceFolder for src"),),
                remedy=fixed_by_us("mark src as source root")
                if one.file.changeable
                else Remedy(text="mark src as source root (right click | Mark Directory as)"),
            )


def test_runner(facts: IdeFacts) -> Iterator[Finding]:
    """Tests written for pytest are run by pytest."""
    for one in facts.modules:
        if one.file is None or one.file.document is None:
            continue
        for option in by_unittest(one.file.document.root, facts):
            yield Finding(
                id="ide.test-runner",
                level="warning",
                title="PyCharm runs the tests with unittest, and they are written for pytest",
                detail="started from the editor, fixtures and plain test functions are not found",
                cause="test-runner",
                evidence=(
                    Evidence(
                        source=one.file.place(option), value=f"PROJECT_TEST_RUNNER = {option.get('value')}"
                    ),
                ),
                remedy=fixed_by_us("choose pytest")
                if one.file.changeable
                else Remedy(text="choose pytest (Settings | Python | Integrated Tools)"),
            )
