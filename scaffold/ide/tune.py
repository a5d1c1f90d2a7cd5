"""``scaffold ide tune``: what makes PyCharm fast on a deep-learning project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.errors import OptionRefused, ScaffoldError
from scaffold.files import read_present, replace_file
from scaffold.ide.open import chosen
from scaffold.ide.open_ides import open_ides
from scaffold.ide.tune_advice import Advice, advice
from scaffold.ide.tune_notes import remember
from scaffold.machine.memory import memory as memory_of
from scaffold.pycharm.installations.closed import open_evidence
from scaffold.pycharm.installations.model import Installation
from scaffold.pycharm.installations.vmoptions import (
    asked_heap,
    default_heap,
    heap_of,
    user_file,
    wanted_heap,
    with_heap,
)
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.survey.model import Folder
from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class HeapStep:
    """PyCharm's memory. Sizes are in MB; ``action`` keep: the file stays as it is."""

    action: Literal["set", "keep"]
    file: Path | None
    before: int
    after: int
    reason: str
    content: bytes | None = None  # the file as it is; None where there is none
    wanted: bytes = b""  # as it will be


@dataclass(frozen=True, slots=True, kw_only=True)
class TunePlan:
    """What `carry_out` does, and what only the user can do."""

    root: Path | None
    installation: Installation | None
    heap: HeapStep
    folders: tuple[Folder, ...]  # that will be excluded
    unlisted: bool  # PyCharm's files are not there yet: nothing can be excluded in them
    changes: tuple[Change, ...]
    backups: Path | None
    advice: tuple[Advice, ...]
    running: str  # why PyCharm must be taken for open
    open: tuple[str, ...] = ()  # IDEs that may write their own state over modules that change

    @property
    def is_empty(self) -> bool:
        """Nothing is to be written."""
        return self.heap.action == "keep" and not self.changes


def plan_tune(system: System, start: Path, *, heap: str | None = None, ide: Path | None = None) -> TunePlan:
    """Look at memory, PyCharm's settings and the project's folders; nothing is written.

    Raises OptionRefused for a heap that cannot be meant, IdeFileBroken, NoPermission.
    """
    if not start.is_dir():
        raise OptionRefused(f"There is no folder {start}", hint="name the project's folder")
    total = memory_of(system, {})[0]
    asked = None if heap is None else asked_heap(heap, total)
    try:
        installation = chosen(system, ide)[0]
    except ScaffoldError:
        if ide is not None or asked is not None:
            raise
        installation = None
    indexed = _indexed(system, start)
    return TunePlan(
        root=indexed.root,
        installation=installation,
        heap=_heap(system, installation, asked, total),
        folders=indexed.folders,
        unlisted=indexed.unlisted,
        changes=indexed.changes,
        backups=indexed.backups,
        advice=advice(system, indexed.root, installation, unlisted=indexed.unlisted),
        running=open_evidence(system, installation) if installation else "",
        open=open_ides(indexed.changes, system),
    )


def carry_out(system: System, plan: TunePlan) -> None:
    """Write what was planned, a copy of every file first. Raises NoPermission, NoSpace, file-changed."""
    if plan.changes and plan.root is not None and plan.backups is not None:
        backups.carry_out(plan.root, plan.changes, plan.backups)
    step = plan.heap
    if step.action == "set" and step.file is not None:
        if read_present(step.file) != step.content:
            raise ScaffoldError(
                f"{step.file} was changed by someone else in the meantime",
                hint="try again",
                code="file-changed",
            )
        remember(system, step.file, content=step.content, wanted=step.wanted, heap=step.after)
        replace_file(step.file, step.wanted)


def _heap(
    system: System, installation: Installation | None, asked: int | None, total: int | None
) -> HeapStep:
    wanted, reason = (asked, "--heap asks for it") if asked else wanted_heap(total)
    if installation is None:
        return HeapStep(action="keep", file=None, before=0, after=0, reason="no PyCharm was found here")
    found = user_file(system, installation)
    default = default_heap(system, installation)
    if found is None:
        why = "its settings lie on Windows or cannot be found: Help | Change Memory Settings sets it"
        return HeapStep(action="keep", file=None, before=default, after=default, reason=why)
    file, where = found
    content = read_present(file)
    before = heap_of(content or b"") or default
    if content is None and not file.parent.is_dir():
        if asked is not None:
            raise OptionRefused(
                f"{installation.title} has never been started: it has no settings yet",
                hint="start it once (scaffold ide open), then call the command again",
            )
        why = "PyCharm has never been started: it has no settings yet"
        return HeapStep(action="keep", file=file, before=before, after=before, reason=why)
    if before == wanted or (asked is None and before > wanted):
        why = reason if before == wanted else f"it has more than the {wanted} MB that would be set"
        return HeapStep(action="keep", file=file, before=before, after=before, reason=why, content=content)
    return HeapStep(
        action="set",
        file=file,
        before=before,
        after=wanted,
        reason=f"{reason}; {where}",
        content=content,
        wanted=with_heap(content or b"", wanted),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Indexed:
    """What `TunePlan` says of a project's folders."""

    root: Path | None = None
    folders: tuple[Folder, ...] = ()
    unlisted: bool = False
    changes: tuple[Change, ...] = ()
    backups: Path | None = None


def _indexed(system: System, start: Path) -> _Indexed:
    """The project around a folder, whoever made it, and its large folders that PyCharm would index."""
    from scaffold.pycharm.mending.exclusions import exclude
    from scaffold.pycharm.survey.folders import ballast, to_exclude
    from scaffold.pycharm.survey.survey import survey

    root = _root(system, start)
    if root is None:
        return _Indexed()
    facts = survey(root, system)
    if not facts.modules:
        return _Indexed(root=root, folders=ballast(facts), unlisted=True)
    return _Indexed(
        root=root,
        folders=tuple(dict.fromkeys(folder for _, folder in to_exclude(facts))),
        changes=exclude(facts),
        backups=backups.place(root, system, ours=facts.ours, of="tune"),
    )


def _root(system: System, start: Path) -> Path | None:
    from scaffold.errors import NotAProject
    from scaffold.pycharm.project.describe import any_root
    from scaffold.pycharm.reading.project_files import find_root

    for looked in (find_root, any_root):
        try:
            return looked(start, system)
        except NotAProject:
            continue
    return None
