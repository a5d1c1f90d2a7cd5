"""Modules: what belongs to the project, and what PyCharm takes for source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import evidence, fixed_by_us, some
from scaffold.checks.model import Evidence, Finding, Remedy

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts, IdeModule

MODULES = ".idea/modules.xml"

_REOPEN = Remedy(text="delete .idea/modules.xml and open the folder in PyCharm: it makes the module anew")


def there(facts: IdeFacts) -> Iterator[Finding]:
    """Each module that modules.xml names is there, and each .iml is named."""
    missing = [one for one in facts.modules if one.file is None and not one.path.startswith("$")]
    if missing:
        yield Finding(
            id="ide.iml-missing",
            level="error",
            title=f"{MODULES} names modules that are not there: {some(one.path for one in missing)}",
            detail="PyCharm opens the project without them, and their run configurations start nothing",
            cause="iml-missing",
            evidence=evidence((one.place, one.path) for one in missing),
            remedy=_written_anew(facts, missing),
        )
    lost = [file for file in facts.files if file.path.endswith(".iml") and file.path.startswith(".idea/")]
    if lost and facts.file(MODULES) is None:
        yield Finding(
            id="ide.modules-missing",
            level="warning",
            title=f"There is no {MODULES}, so PyCharm does not read {some(file.path for file in lost)}",
            detail="it makes a module of its own: source roots and excluded folders are lost",
            cause="modules-missing",
            evidence=tuple(Evidence(source=file.path, value="named nowhere") for file in lost),
            remedy=Remedy(text="have it written", commands=(("scaffold", "ide", "pycharm"),))
            if facts.ours
            else Remedy(text="take it back from git, or delete the .iml"),
        )


def _written_anew(facts: IdeFacts, missing: list[IdeModule]) -> Remedy:
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
    own = [one for one in facts.modules if one.module and one.module.content == (facts.root,)]
    others = {one.module.name for one in facts.modules if one.module}
    if len(own) != 1 or not facts.name or own[0].module is None or facts.name in others:
        return
    name, runs = own[0].module.name, [run for run in facts.runs if run.stored]
    bound = [run for run in runs if run.configuration.module == name]
    yield Finding(
        id="ide.module-name",
        level="warning" if bound else "info",
        title=f"The module is called {name}, the project {facts.name}",
        detail="PyCharm 2026.2 and later rename the module to [project].name of pyproject.toml"
        + ("; run configurations that name the old one start no more" if bound else ""),
        cause="module-name",
        evidence=(
            Evidence(source=own[0].path, value=f"module {name}"),
            Evidence(source="pyproject.toml", value=f"[project].name = {facts.name}"),
            *evidence((run.place(), f'<module name="{name}" />') for run in bound),
        ),
        remedy=fixed_by_us(f"call the module {facts.name}"),
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
        src = facts.root / "src"
        if facts.packages and one.module.content == (facts.root,) and src not in one.module.sources:
            yield Finding(
                id="ide.source-root",
                level="warning",
                title=f"src is no source root, but holds {some(facts.packages)}",
                detail="PyCharm marks imports of it as unresolved, and does not put it on PYTHONPATH",
                cause="source-root",
                evidence=(Evidence(source=one.file.path, value="no sourceFolder for src"),),
                remedy=fixed_by_us("mark src as source root"),
            )


def test_runner(facts: IdeFacts) -> Iterator[Finding]:
    """Tests written for pytest are run by pytest."""
    for one in facts.modules if facts.pytest else ():
        service = one.file.component("TestRunnerService") if one.file else None
        options = service.findall("option") if service is not None and one.file else []
        for option in options:
            value = option.get("value", "")
            if option.get("name") == "PROJECT_TEST_RUNNER" and value.casefold().startswith("unittest"):
                assert one.file is not None
                yield Finding(
                    id="ide.test-runner",
                    level="warning",
                    title="PyCharm runs the tests with unittest, and they are written for pytest",
                    detail="started from the editor, fixtures and plain test functions are not found",
                    cause="test-runner",
                    evidence=(
                        Evidence(source=one.file.place(option), value=f"PROJECT_TEST_RUNNER = {value}"),
                    ),
                    remedy=fixed_by_us("choose pytest"),
                )
