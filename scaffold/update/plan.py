"""From a project and its template to a plan of everything that an update will do; nothing is written."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.errors import UpdateRefused
from scaffold.projects.model import Record
from scaffold.projects.rename import PLACEHOLDER
from scaffold.projects.snapshot import PRISTINE, Entry, Snapshot
from scaffold.shell import line
from scaffold.system import System
from scaffold.threeway.model import FileChange, Labels
from scaffold.update.model import UpdatePlan, UpdateRequest

if TYPE_CHECKING:
    from scaffold.drawing.blueprint import Blueprint
    from scaffold.drawing.foreign import Conversation
    from scaffold.threeway.merging import Merger

#: In place of what an older project was rendered with: only the path is known.
_NOTHING = Entry()

#: What decides about the environment, when it changes.
_DECLARING = ("pyproject.toml", "requirements.txt")


def plan_update(system: System, request: UpdateRequest, talk: Conversation | None = None) -> UpdatePlan:
    """Decide everything, file by file; nothing is written.

    Nothing of a foreign template runs before ``talk`` agrees to it. Raises NotAProject, TemplateUnknown,
    TemplateBroken, OptionRefused, NoPermission, and UpdateRefused where an earlier update was interrupted
    (``update-interrupted``) or left conflicts (``-conflicts-left``), a newer scaffold was here before, or the
    project is a template that was opened (``-opened``).
    """
    from scaffold.drawing.again import again
    from scaffold.projects.origins.native import place_of
    from scaffold.projects.record import project_root, read_record
    from scaffold.threeway.engines import merger
    from scaffold.threeway.memory import refuse_older, steps_of
    from scaffold.threeway.merging import Merger
    from scaffold.threeway.repository import status

    root, record = project_root(request.start), read_record(request.start)
    _refuse(root, record)
    base, notices = _base(system, root, record)
    drawn = again(
        system, record, to=request.to, answers=request.answers, trust=request.trust,
        rehearse=request.rehearse, conversation=talk,
    )  # fmt: skip
    if not request.to:
        refuse_older(record, drawn.record, place_of(system, record) if record.origin else None)
    labels = Labels(
        base=f"template {record.template_version}".strip(),
        new=f"template {drawn.record.template_version}".strip(),
    )
    how = Merger(merge=merger(system, request.engine), labels=labels, reject=request.reject)
    drawn = _once_secret(drawn, record)
    changes, kept = merged(root, record, base, drawn, how)
    steps = steps_of(root, changes, kept)
    git = status(system, root)
    return UpdatePlan(
        root=root,
        record=record,
        becomes=drawn.record,
        labels=labels,
        changes=changes,
        steps=steps,
        loose=git.loose(one.path for one in steps if one.before),
        notices=(*notices, *filter(None, (git.notice,)), *drawn.account.notices),
        follow=_follow(root, changes),
        account=drawn.account,
    )


def merged(
    root: Path, record: Record, base: Snapshot | None, drawn: Blueprint, how: Merger
) -> tuple[tuple[FileChange, ...], Snapshot]:
    """What becomes of each file, and what the project remembers then. Raises NoPermission, UpdateRefused."""
    from scaffold.threeway.classify import Sides, as_recorded, classify, left_out
    from scaffold.threeway.memory import memory
    from scaffold.threeway.once import left_to_user
    from scaffold.threeway.reading import read_project
    from scaffold.threeway.unresolved import refuse_unresolved

    known = base if base is not None else {PurePosixPath(one): _NOTHING for one in record.files}
    given = {**drawn.files, **drawn.pristine}
    found = read_project(root, known, given, how.untouched)
    made = base if base is not None else as_recorded(found.entries, record.files)
    refuse_unresolved(root, found.entries, made, {*known, *given} - set(found.blocked))
    new = left_to_user(drawn.pristine, base, found.entries, drawn.once)
    sides = Sides(
        base=base, yours=found.entries, new={**_only_now(drawn), **new}, blocked=found.blocked,
        digests=record.files,
    )  # fmt: skip
    changes = classify(sides, how)
    if drawn.record.secret_files or drawn.secrets is not None:
        changes = _with_secrets(changes, how, drawn, base or {})
    return changes, memory(drawn.record, new, made, left_out(changes))


def _once_secret(drawn: Blueprint, record: Record) -> Blueprint:
    """With the files that had secrets in them before: the user's still have, whatever the template says."""
    if not record.secret_files:
        return drawn
    before = (one for one in record.secret_files if PurePosixPath(one) in drawn.pristine)
    hold = tuple(sorted({*drawn.record.secret_files, *before}))
    return replace(drawn, record=replace(drawn.record, secret_files=hold))


def _with_secrets(
    changes: tuple[FileChange, ...], how: Merger, drawn: Blueprint, base: Snapshot
) -> tuple[FileChange, ...]:
    from scaffold.threeway.secrets import Remembered, with_secrets

    remembered = Remembered(
        kept=drawn.pristine,
        answered=drawn.pristine if drawn.secrets is None else drawn.secrets.answered,
        hold=frozenset(map(PurePosixPath, drawn.record.secret_files)),
    )
    return with_secrets(changes, how, remembered, {**drawn.files, **_only_now(drawn)}, base)


def _only_now(drawn: Blueprint) -> Snapshot:
    """Files that there are for a secret that was said now, and for none that is remembered."""
    secrets = drawn.secrets
    if secrets is None:
        return {}
    return {path: one for path, one in secrets.answered.items() if path not in secrets.kept}


def refuse_loose(plan: UpdatePlan) -> None:
    """Raise where git could not bring back what is there: nobody should have to trust us alone."""
    if plan.loose and not plan.is_current:
        raise UpdateRefused(
            f"not all of {plan.root} is committed",
            detail=plan.loose,
            hint="commit it, so that the update can be told from your own work: git add -A && git commit; "
            "what git ignores, copy first if you may need it as it is; or say --allow-dirty",
            code="update-dirty",
        )


def _base(system: System, root: Path, record: Record) -> tuple[Snapshot | None, tuple[str, ...]]:
    """What the project was made as: it kept that, or the same version of its template makes it again."""
    from scaffold.drawing.again import as_made
    from scaffold.threeway.memory import remembered

    base, notices = remembered(root)
    if base is not None:
        return base, notices
    made = as_made(system, record)
    if made is None:
        return None, notices
    return made, (f"{PRISTINE} cannot be used: the same version of the template made it once more",)


def _refuse(root: Path, record: Record) -> None:
    from scaffold.threeway import journal

    anew = f"{line('rm', '-r', '.scaffold')} && {line('scaffold', 'adopt', '.')}"
    journal.refuse_interrupted(root)
    if record.kind == "none":
        raise UpdateRefused(
            f"{root} was adopted without a template: there is nothing to update it to",
            detail=(*_notes(root), "scaffold doctor, scaffold env and scaffold ide work in it all the same"),
            hint=f"if a template made it: {anew}, with -t TEMPLATE where it does not find that by itself",
            code="update-no-template",
        )
    if _is_opened(root, record):
        raise UpdateRefused(
            f"{root} is the template itself, opened: its files are links to the template's own",
            detail=("scaffold templates open made it; what is edited in one place is edited in the other",),
            hint="to see new files of the template, delete the folder and open the template again; "
            f"to have a project that can be updated: {_anew(record)}",
            code="update-opened",
        )


def _is_opened(root: Path, record: Record) -> bool:
    """Whether ``scaffold templates open`` made it: links to files of a template under the same names."""
    if record.kind != "scaffold" or record.name != PLACEHOLDER:
        return False
    places = ((root / path, PurePosixPath(path).parts) for path in record.files)
    leads = ((Path(os.readlink(place)), parts) for place, parts in places if place.is_symlink())
    return any(to.is_absolute() and to.parts[-len(parts) :] == parts for to, parts in leads)


def _anew(record: Record) -> str:
    from scaffold.shell import line

    return line("scaffold", "new", "NAME", "-t", record.origin or record.qualified_template)


def _notes(root: Path) -> tuple[str, ...]:
    """Where copier or cruft did make it."""
    from scaffold.projects.foreign.noted import note_files

    return tuple(f"{one.name} there tells of one that was left out" for one in note_files(root))


def _follow(root: Path, changes: tuple[FileChange, ...]) -> tuple[tuple[str, ...], ...]:
    """The commands that make lock and environment what the project now asks for."""
    from scaffold.environments.layout import Place, is_environment
    from scaffold.environments.locking.read import lock_files

    written = {str(one.path): one for one in changes if one.before != one.after}
    if not any(name in written for name in _DECLARING):
        return ()
    locked = bool(lock_files(root))
    if not locked and not is_environment(Place(root).location):
        return ()
    return (("env", "lock"), ("env", "sync")) if locked else (("env", "create"),)  # as doctor has it
