"""Run configurations that name things that are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scaffold.checks.ide.shown import EDIT_RUN, evidence, fixed_by_us
from scaffold.checks.model import Finding, Remedy, counted
from scaffold.pycharm.mending.modules import bound_to
from scaffold.pycharm.survey.model import IdeFacts, Lack, Run
from scaffold.pycharm.survey.paths import is_absolute, is_personal
from scaffold.pycharm.survey.runs import may_hold

#: What is missing -> the finding, the option that names it, and what the finding says.
_SAID = {
    "script": ("ide.run-config-script", "SCRIPT_NAME", "starts a script that is not there"),
    "module": ("ide.run-config-module", "SCRIPT_NAME", "starts a module that is not there"),
    "tests": ("ide.run-config-tests", "_new_target", "runs tests that are not there"),
    "folder": ("ide.run-config-folder", "WORKING_DIRECTORY", "runs in a folder that is not there"),
    "env-file": ("ide.run-config-env-file", "ENV_FILES", "reads variables from a file that is not there"),
    "member": ("ide.run-config-member", "", "starts run configurations that are not there"),
    "interpreter": ("ide.interpreter-missing", "SDK_HOME", "starts an interpreter that is not there"),
}


def targets(facts: IdeFacts) -> Iterator[Finding]:
    """Everything that a run configuration names is there."""
    # what is in a file that cannot be read is not known to be missing
    blind = {"member"} if any(one.problem and may_hold(one.path) for one in facts.files) else set()
    for run in facts.runs:
        lacks = [
            one
            for one in run.lacks
            if one.kind not in {"env-file", *blind} and not _said_elsewhere(facts, run, one.kind)
        ]
        if lacks and not run.temporary:
            yield _lacking(run, lacks)  # a folder comes last: it is missing with what lay in it
    yield from _without_variables(facts)
    unseen = [run for run in facts.runs if any(one.kind in blind for one in run.lacks)]
    if unseen:
        yield Finding(
            id="ide.not-judged",
            level="skipped",
            title="Whether run configurations that others start are there was not looked at",
            detail="they may be in a file that cannot be read",
            evidence=evidence((run.place(), lack.text) for run in unseen for lack in run.lacks),
        )


def _said_elsewhere(facts: IdeFacts, run: Run, kind: str) -> bool:
    """A path of another machine is the cause; that it is missing here is the consequence."""
    value = run.option(_SAID[kind][1])
    return run.file.shared and (is_absolute(value) or is_personal(value, facts.root))


def _lacking(run: Run, lacks: list[Lack]) -> Finding:
    check, _, said = _SAID[lacks[0].kind]
    stored = f"correct it ({EDIT_RUN}), or delete {run.file.path}"
    return Finding(
        id=check,
        level="error" if run.stored else "warning",
        title=f'Run configuration "{run.name}" {said}',
        detail="it was moved or renamed, or "
        + ("the file is another machine's" if lacks[0].kind == "interpreter" else "git has it not"),
        cause="run-config-target-missing",
        evidence=evidence((run.place(_SAID[one.kind][1]), one.text) for one in lacks),
        remedy=Remedy(text=stored if run.stored else f"correct or delete it ({EDIT_RUN})"),
    )


def _without_variables(facts: IdeFacts) -> Iterator[Finding]:
    """A warning, no error: the file is often the user's own, and made after cloning."""
    lacks = [
        (run.place("ENV_FILES"), lack.text)
        for run in facts.runs
        for lack in run.lacks
        if lack.kind == "env-file" and not run.temporary and not _said_elsewhere(facts, run, "env-file")
    ]
    if lacks:
        yield Finding(
            id="ide.run-config-env-file",
            level="warning",
            title="Run configurations read variables from files that are not there",
            detail="whoever cloned the project must make them first",
            cause="run-config-target-missing",
            evidence=evidence(lacks),
            remedy=Remedy(text=f"make the file, or take it out of the run configurations ({EDIT_RUN})"),
        )


def bound(facts: IdeFacts) -> Iterator[Finding]:
    """Every run configuration is bound to a module that the project has."""
    names = {module.name for module in facts.known_modules}
    assumed = not facts.modules  # PyCharm makes one, and names it after pyproject.toml or the folder
    fits = {facts.name, facts.root.name} - {""} if assumed else names
    strays = defaultdict[str, list[Run]](list)
    for run in facts.runs if len(names) == len(facts.modules) else ():  # else one of them cannot be read
        module = run.configuration.module
        if module and module not in fits and run.stored and not run.template:
            strays[module].append(run)
    for module, runs in strays.items():
        cure = bound_to(runs[0], facts)
        yield Finding(
            id="ide.run-config-bound",
            level="warning" if assumed else "error",
            title=f"Run configurations belong to a module that the project has not: {module}",
            detail=f"PyCharm starts none of them; here the module is called {' or '.join(sorted(fits))}",
            cause="run-config-module",
            evidence=evidence((_module_place(run), run.name) for run in runs),
            remedy=fixed_by_us(
                f"bind them to {cure}",
                [bool(cure) and run.file.changeable for run in runs],
                f"choose a module ({EDIT_RUN})",
            ),
        )


def _module_place(run: Run) -> str:
    element = run.element.find("module")
    return run.file.place(run.element if element is None else element)


def startable(facts: IdeFacts) -> Iterator[Finding]:
    """One line that says how many run configurations name nothing that is missing."""
    stored = [run for run in facts.runs if run.stored and not run.template]
    if stored and not any(run.lacks for run in stored):
        yield Finding(
            id="ide.run-config",
            level="ok",
            title=f"{counted(len(stored), 'run configuration')}: everything they name is there",
        )
