"""What of the IDE's files is in git, and what should not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.checks.ide.shown import evidence, some
from scaffold.checks.model import Finding, Remedy

if TYPE_CHECKING:
    from scaffold.pycharm.survey.model import IdeFacts

#: One user's own, by JetBrains' advice and by what PyCharm's own .gitignore lists.
_OWN = re.compile(
    r"(?:^|.*/)\.idea/(?:workspace\.xml|tasks\.xml|usage\.statistics\.xml|AugmentWebviewStateStore\.xml"
    r"|shelf/.*|httpRequests/.*|dataSources/.*|dataSources\.(?:local\.xml|ids)|.*/contentModel\.xml)"
)


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
    own = sorted(name for name in facts.git.tracked if _OWN.fullmatch(name))
    if own:
        folders = dict.fromkeys(_topmost(name) for name in own)
        yield Finding(
            id="ide.vcs-files",
            level="warning",
            title=f"Files of one user are in git: {some(folders)}",
            detail="they change with every click, differ for everyone, and end in merge conflicts",
            cause="idea-user-files-tracked",
            evidence=evidence((name, "tracked") for name in folders),
            remedy=Remedy(
                text="take them out of git (they stay on your disk), and write them into .gitignore: "
                + " ".join(folders),
                commands=(("git", "rm", "-r", "--cached", "--", *folders),),
            ),
        )


def _topmost(name: str) -> str:
    """``.idea/shelf`` for all below it.

    >>> _topmost("sub/.idea/shelf/a/b.patch"), _topmost(".idea/workspace.xml")
    ('sub/.idea/shelf', '.idea/workspace.xml')
    """
    before, middle, after = name.rpartition(".idea/")
    return f"{before}{middle}{after.split('/')[0]}"


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
