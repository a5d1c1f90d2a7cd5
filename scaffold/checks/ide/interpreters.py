"""Interpreters that exist on one machine only, in files that others get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import EDIT_RUN, evidence, fixed_by_us, some
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.reading.sdk import parse_sdk_name
from scaffold.pycharm.survey.runs import takes_own

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts, IdeFile, Run

#: ``Python 3.12 (project) (2)``: the IDE had the name already.
_NUMBERED = re.compile(r"\S.* \(\d+\)")


#: A path, of Windows, macOS or Linux, in an interpreter's name.
_A_PATH = re.compile(r"[A-Za-z]:[\\/]|/(?:Users|home|opt|usr|Applications|Library|mnt|root)/|\.exe\b|\\\\\w")


def in_run_configurations(facts: IdeFacts) -> Iterator[Finding]:
    """Run configurations that others get take the project's interpreter."""
    bound = [
        (run, option) for run in _shared(facts) for option in ("SDK_NAME", "SDK_HOME") if run.option(option)
    ]
    if bound:
        yield Finding(
            id="ide.run-config-sdk",
            level="error",
            title="Run configurations that others get name an interpreter of one machine",
            detail="elsewhere interpreters have other names and places: PyCharm starts nothing",
            cause="run-config-sdk",
            evidence=evidence(
                (run.place(option), f"{option} = {run.option(option)}") for run, option in bound
            ),
            remedy=fixed_by_us(
                "take the project's interpreter (IS_MODULE_SDK=true)",
                [run.file.changeable for run, _ in bound],
                f"take the project's interpreter ({EDIT_RUN})",
            ),
        )
    unsaid = [run for run in _shared(facts) if _names_none(run)]
    if unsaid:
        yield Finding(
            id="ide.run-config-own-sdk",
            level="info",
            title="Run configurations do not say that they take the project's interpreter",
            detail="it works for as long as nobody chooses one by hand",
            cause="run-config-sdk",
            evidence=evidence((run.place("IS_MODULE_SDK"), "IS_MODULE_SDK is not true") for run in unsaid),
            remedy=fixed_by_us(
                "say so (IS_MODULE_SDK=true)",
                [run.file.changeable for run in unsaid],
                f"choose the project's interpreter ({EDIT_RUN})",
            ),
        )


def _shared(facts: IdeFacts) -> list[Run]:
    return [run for run in facts.runs if takes_own(run)]


def _names_none(run: Run) -> bool:
    return not run.option("SDK_NAME") and not run.option("SDK_HOME")


def in_modules(facts: IdeFacts) -> Iterator[Finding]:
    """An interpreter's name in a shared .iml or misc.xml is one that every PyCharm can guess from."""
    # such files are of this machine for as long as git does not have them
    others = [one for one in facts.shared if facts.git.state != "read" or one.path in facts.git.tracked]
    every = [one for file in others for one in _sdk_names(file)]
    yield from _paths(facts, [one for one in every if _A_PATH.search(one[1])])
    named = [one for one in every if not _A_PATH.search(one[1])]
    if not named:
        return
    guessed = all(parse_sdk_name(name) and not _NUMBERED.fullmatch(name) for _, name in named)
    yield Finding(
        id="ide.sdk-name",
        level="info" if guessed else "warning",
        title="Files that others get name an interpreter of this machine",
        detail="from such a name PyCharm guesses the environment; one click remains before 2025.3"
        if guessed
        else "no other PyCharm knows that name or can guess what is meant: the project has no interpreter",
        cause="sdk-name",
        evidence=evidence(named),
        remedy=Remedy(text="nothing has to be done; .run/*.run.xml alone would serve everyone")
        if guessed
        else Remedy(
            text="take the files of modules out of git, for each PyCharm makes its own",
            commands=(("git", "rm", "--cached", "--", *_with_modules(facts, named)),),
        ),
    )


def _paths(facts: IdeFacts, named: list[tuple[str, str]]) -> Iterator[Finding]:
    """Names that are, or hold, a path of the machine on which somebody chose the interpreter."""
    if named:
        files = _with_modules(facts, named)
        yield Finding(
            id="ide.foreign-os",
            level="warning",
            title="Files that others get name the interpreter by its path on one machine",
            detail="elsewhere nothing is called so: PyCharm calls the interpreter invalid, and whoever "
            "chooses another one changes the file for everyone",
            cause="idea-foreign-interpreter",
            evidence=evidence(named),
            remedy=Remedy(
                text="give the interpreter a name without a path, as Python 3.12 (project) (Settings | Python"
                f" Interpreter | Show All | Rename), or take {some(files)} out of git and ignore it",
                commands=(("git", "rm", "--cached", "--", *files),),
            ),
        )


def _with_modules(facts: IdeFacts, named: list[tuple[str, str]]) -> list[str]:
    """The files that name interpreters; with a module all modules and modules.xml, which is no use alone."""
    files = [place.rpartition(":")[0] for place, _ in named]
    if any(file.endswith(".iml") for file in files):
        modules = (".idea/modules.xml", *(one.path for one in facts.modules))
        files += [one for one in modules if one in facts.git.tracked]
    return list(dict.fromkeys(files))


def _sdk_names(file: IdeFile) -> Iterator[tuple[str, str]]:
    if file.path.endswith(".iml"):
        for element in file.elements("orderEntry"):
            if element.get("type") == "jdk" and element.get("jdkType") == "Python SDK":
                yield file.place(element), element.get("jdkName", "")
    elif file.path == ".idea/misc.xml":
        manager = file.component("ProjectRootManager")
        if manager is not None and manager.get("project-jdk-type") == "Python SDK":
            yield file.place(manager), manager.get("project-jdk-name", "")
