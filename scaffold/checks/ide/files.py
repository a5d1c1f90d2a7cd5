"""Files that can be read at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scaffold.checks.ide.shown import evidence, some
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.pycharm.survey.model import IdeFacts, IdeFile
from scaffold.pycharm.survey.runs import WORKSPACE, may_hold


def conflicts(facts: IdeFacts) -> Iterator[Finding]:
    """No merge was left half done."""
    torn = [file for file in facts.files if file.conflict]
    if torn:
        yield Finding(
            id="ide.conflict-markers",
            level="error",
            title=f"A merge was left half done in {some(file.path for file in torn)}",
            detail="git's conflict markers are still in it; PyCharm cannot read such a file and ignores it",
            cause="conflict-markers",
            evidence=evidence((f"{file.path}:{file.conflict}", "a conflict marker") for file in torn),
            remedy=Remedy(
                text="resolve it (PyCharm: Git | Resolve Conflicts), or keep one side of each marked place"
            ),
        )


def readable(facts: IdeFacts) -> Iterator[Finding]:
    """Every file of the IDE is XML."""
    for file in facts.files:
        if not file.problem or file.conflict:
            continue
        users = file.path == WORKSPACE
        yield Finding(
            id="ide.file-broken",
            level="warning" if users else "error",
            title=f"{file.path} cannot be read",
            detail="PyCharm forgets what it held: windows, breakpoints, local run configurations"
            if users
            else "PyCharm ignores it, or does not open the project as meant",
            cause="file-broken",
            evidence=(Evidence(source=file.place(), value=file.problem),),
            remedy=_brought_back(facts, file),
        )


def _brought_back(facts: IdeFacts, file: IdeFile) -> Remedy:
    path = file.path
    if not (facts.root / path).is_file():
        return Remedy(text="delete or rename it: a file of PyCharm's belongs there")
    correct = "correct that line" if file.line else "look at what it holds"
    if path in facts.git.tracked:
        return Remedy(
            text=f"{correct}, or take git's version where that is whole",
            commands=(("git", "checkout", "--", path),),
        )
    if facts.ours and path.startswith(".idea/"):
        return Remedy(text="delete it, and have it written anew", commands=(("scaffold", "ide", "pycharm"),))
    if may_hold(path) and path != WORKSPACE:
        return Remedy(text=f"{correct}; deleted, the run configuration is gone: PyCharm makes none anew")
    return Remedy(text=f"{correct}, or delete the file and let PyCharm write it anew")


def told_apart(facts: IdeFacts) -> Iterator[Finding]:
    """No two files have names that macOS and Windows take for one."""
    alike = defaultdict[str, list[str]](list)
    for name in facts.git.tracked:
        alike[name.casefold()].append(name)
    clashes = sorted(sorted(names) for names in alike.values() if len(names) > 1)
    if clashes:
        yield Finding(
            id="ide.case-clash",
            level="warning",
            title="Files in git differ only by upper and lower case",
            detail="on macOS and Windows one is written over the other when the project is cloned",
            cause="case-clash",
            evidence=evidence((names[0], f"and {', '.join(names[1:])}") for names in clashes),
            remedy=Remedy(text="rename all but one of each, with git mv"),
        )
