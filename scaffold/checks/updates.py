"""Whether the project's last update came to its end."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy, counted
from scaffold.projects.snapshot import PRISTINE
from scaffold.threeway.places import FOLDER, JOURNAL

_UPDATE = ("scaffold", "update")
_UNDO = (*_UPDATE, "--undo")


def finished(facts: Facts) -> Iterator[Finding]:
    """No update was killed in the midst, and no journal of one lies there that nobody follows."""
    updates = facts.updates
    if updates is None or not updates.interrupted:
        return
    evidence = (Evidence(source=str(FOLDER / JOURNAL), value="it is there still"),)
    if updates.unusable:
        yield Finding(
            id="proj.update-interrupted",
            level="warning" if updates.foreign else "error",
            title=updates.unusable,
            detail="scaffold update does nothing before that is settled",
            cause="update-journal-foreign" if updates.foreign else "update-journal-damaged",
            evidence=evidence,
            remedy=Remedy(text=updates.cure),
        )
        return
    yield Finding(
        id="proj.update-interrupted",
        level="error",
        title="An update of the project was interrupted in the midst",
        detail="some files may be the new template's, some not yet",
        cause="update-interrupted",
        evidence=evidence,
        remedy=Remedy(text="finish it (scaffold update --undo takes it back)", commands=(_UPDATE,)),
    )


def half_updated(facts: Facts) -> bool:
    """Whether files may be half an update's: nothing is to be cured by what they say."""
    return facts.updates is not None and facts.updates.interrupted and not facts.updates.foreign


def remembered(facts: Facts) -> Iterator[Finding]:
    """What the project was rendered as can be read: the next update tells by it what is the user's."""
    if facts.updates is None or not facts.updates.pristine:
        return
    yield Finding(
        id="proj.pristine",
        level="warning",
        title=f"What the project was rendered as, {PRISTINE}, cannot be read",
        detail="without it an update knows only of files that nobody changed whose they are",
        cause="pristine-damaged",
        evidence=(Evidence(source=str(PRISTINE), value=facts.updates.pristine),),
        remedy=Remedy(
            text="bring it back from version control or a copy; the next update makes another one "
            "where the same version of the template is still to be had",
            commands=(("git", "checkout", "--", str(PRISTINE)),),
        ),
    )


def free(facts: Facts) -> Iterator[Finding]:
    """Nothing was in the way of a file that the last update brought."""
    if facts.updates is None or not facts.updates.waiting:
        return
    rows = [one.partition(": ") for one in facts.updates.waiting]
    yield Finding(
        id="proj.update-conflicts",
        level="warning",
        title=f"{counted(len(rows), 'file')} of the template could not come into the project",
        detail="something of yours stands in the way",
        cause="update-in-the-way",
        evidence=tuple(Evidence(source=name, value=why) for name, _, why in rows),
        remedy=Remedy(text="move it away, then update again", commands=(_UPDATE,)),
    )


def resolved(facts: Facts) -> Iterator[Finding]:
    """In every place where the user and the template differed, somebody has chosen."""
    updates = facts.updates
    if updates is None or not (updates.marked or updates.rejected):
        return
    lines = (*updates.marked, *updates.rejected)
    yield Finding(
        id="proj.update-conflicts",
        level="error" if updates.marked else "warning",
        title=f"{counted(len(lines), 'file')} with conflicts of an update "
        + ("is not resolved yet" if len(lines) == 1 else "are not resolved yet"),
        detail="both versions stand in the file, between markers, which no program can read"
        if updates.marked
        else "what the template changed did not come into the project",
        cause="update-conflicts",
        evidence=tuple(Evidence(source=name, value=what) for name, _, what in map(_parts, lines)),
        remedy=Remedy(
            text="choose in each marked place what shall stay and delete the markers, delete .rej files when "
            "you have what you need of them; or take the update back",
            commands=(_UNDO,),
        ),
    )


def _parts(line: str) -> tuple[str, str, str]:
    return line.rpartition(": ")


RULES = (finished, remembered, resolved, free)
