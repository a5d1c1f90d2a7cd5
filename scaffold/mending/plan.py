"""Plan the cures of what doctor found. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.checks.automatic import Cure, VariableCure, cure_of
from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.errors import OptionRefused
from scaffold.ide.open_ides import open_ides
from scaffold.mending.model import MendPlan
from scaffold.pycharm.mending import backups
from scaffold.pycharm.mending.model import Change
from scaffold.pycharm.mending.plan import plan as plan_ide
from scaffold.pycharm.mending.variables import with_variables
from scaffold.pycharm.survey.model import IdeFacts
from scaffold.system import System

#: Backups of this command; those of ``ide check --fix`` lie beside them.
OF = "doctor"


def plan_mending(system: System, facts: Facts, findings: Sequence[Finding]) -> MendPlan:
    """Everything that is safe, for the findings that are asked about."""
    cures = {number: cure_of(one, facts) for number, one in enumerate(findings)}
    wanted = [cure for cure in cures.values() if cure]
    changes = _changes(facts.ide, wanted) if facts.ide else ()
    environments = [one.environment for one in wanted if one.environment]
    root = facts.root or (facts.ide.root if facts.ide else None)
    ids = dict.fromkeys(one.id for number, one in enumerate(findings) if cures[number])
    return MendPlan(
        root=root,
        changes=changes,
        backups=_place(system, root) if root and changes else None,
        open=open_ides(changes, system),
        environment=environments[0] if environments else "",
        cures=tuple(ids),
    )


def plan_undo(system: System, root: Path) -> MendPlan:
    """What the last ``--fix`` changed in files, to be taken back. Raises OptionRefused, ScaffoldError."""
    place = _place(system, root)
    try:
        changes = backups.undo(root, place)
    except OptionRefused as nothing:
        raise OptionRefused(
            nothing.message,
            detail=(*nothing.detail, "an environment that was made anew is not taken back: it has no backup"),
            hint="install what is missing in it again",
        ) from nothing
    return MendPlan(root=root, changes=changes, backups=place, open=open_ides(changes, system))


def _place(system: System, root: Path) -> Path:
    ours = system.exists(root / ".scaffold" / "project.json")
    return backups.place(root, system, ours=ours, of=OF)


def _changes(ide: IdeFacts, cures: Sequence[Cure]) -> tuple[Change, ...]:
    """Those of the IDE's files, and variables laid over them: one change a file."""
    changes = {one.path: one for one in (plan_ide(ide) if any(cure.ide for cure in cures) else ())}
    for path, wanted in _by_file([one for cure in cures for one in cure.variables]).items():
        known = changes.get(path)
        before = known.before if known else _content(ide, path)
        after = known.after if known else before
        if before is None or after is None:
            continue
        new = with_variables(after, path, _by_run(wanted))
        if new == after:
            continue
        reasons = tuple(dict.fromkeys(map(_reason, wanted)))
        old = known or Change(path=path, before=before, after=after, reasons=())
        changes[path] = replace(old, after=new, reasons=(*old.reasons, *reasons))
    return tuple(changes[path] for path in sorted(changes))


def _content(ide: IdeFacts, path: str) -> bytes | None:
    file = ide.file(path)
    return file.content if file else None


def _by_file(cures: Sequence[VariableCure]) -> dict[str, list[VariableCure]]:
    found = dict[str, list[VariableCure]]()
    for one in dict.fromkeys(cures):
        found.setdefault(one.path, []).append(one)
    return found


def _by_run(cures: Sequence[VariableCure]) -> dict[str, dict[str, str | None]]:
    found = dict[str, dict[str, str | None]]()
    for one in cures:
        found.setdefault(one.run, {})[one.name] = one.value
    return found


def _reason(one: VariableCure) -> str:
    return f"without {one.name}" if one.value is None else f"with {one.name}={one.value}"
