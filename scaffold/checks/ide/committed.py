"""What of the IDE's files is in git, and what should not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import FIX, evidence, some
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.mending.ignores import ignore, own_tracked, topmost

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts


def git_asked(facts: IdeFacts) -> Iterator[Finding]:
    """Git says what others get."""
    if facts.git.state == "unknown":
        yield Finding(
            id="ide.vcs",
            level="skipped",
            title=f"What git holds was not looked at: {facts.git.reason}",
        )


def users_files(facts: IdeFacts) -> Iterator[Finding]:
    """No file that is one user's own is in git."""
    own = own_tracked(facts)
    if own:
        folders = dict.fromkeys(topmost(name) for name in own)
        yield Finding(
            id="ide.vcs-files",
            level="warning",
            title=f"Files of one user are in git: {some(folders)}",
            detail="they change with every click, differ for everyone, and end in merge conflicts",
            cause="idea-user-files-tracked",
            evidence=evidence((name, "tracked") for name in folders),
            remedy=_out_of_git(tuple(folders), facts),
        )


def _out_of_git(folders: tuple[str, ...], facts: IdeFacts) -> Remedy:
    """First the lines of .gitignore, without which the next ``git add`` brings them back."""
    command = ("git", "rm", "-r", "--cached", "--", *folders)
    stay = "take them out of git (they stay on your disk)"
    if ignore(facts) is not None:
        return Remedy(text=f"write them into .gitignore, and {stay}", commands=(FIX, command))
    said = set(map(topmost, own_tracked(facts))) <= set(map(topmost, facts.git.ignored))
    text = stay if said or facts.ignores_changeable else f"write them into .gitignore by hand, and {stay}"
    return Remedy(text=text, commands=(command,))


def whole(facts: IdeFacts) -> Iterator[Finding]:
    """Either the modules are in git with modules.xml, or neither is."""
    # a module that is not there at all is `modules.there`'s business
    there = [one for one in facts.modules if one.file is not None and not one.file.shared]
    if ".idea/modules.xml" in facts.git.tracked and there:
        yield Finding(
            id="ide.half-committed",
            level="error",
            title=f".idea/modules.xml is in git, but not what it names: {some(one.path for one in there)}",
            detail="whoever clones the project gets one without modules, and PyCharm does not look for any",
            cause="half-committed",
            evidence=evidence((one.place, f"{one.path} is not in git") for one in there),
            remedy=Remedy(
                text="take modules.xml out of git as well, or add the modules",
                commands=(("git", "rm", "--cached", ".idea/modules.xml"),),
            ),
        )


def plugins(facts: IdeFacts) -> Iterator[Finding]:
    """No plugin is demanded of everyone who opens the project."""
    file = facts.file(".idea/externalDependencies.xml")
    if file is None or not file.shared:
        return
    wanted = [(file.place(one), one.get("id", "")) for one in file.elements("plugin")]
    if wanted:
        yield Finding(
            id="ide.required-plugins",
            level="info",
            title=f"The project demands plugins of everyone: {some(name for _, name in wanted)}",
            detail="PyCharm asks at every opening until they are installed",
            cause="required-plugins",
            evidence=evidence(wanted),
            remedy=Remedy(text="nothing is to be done if all need them: Settings | Required Plugins"),
        )
