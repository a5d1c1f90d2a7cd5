"""What `scaffold update` prints: each file and what becomes of it, diffs, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.text import arrow, counted, row
from scaffold.words import shown

if TYPE_CHECKING:
    from scaffold.threeway.model import FileChange
    from scaffold.update import UpdatePlan, UpdateReport

#: Those that need a look stand last, where the eye is.
_ORDER = ("kept", "taken", "added", "removed", "merged", "conflict")
#: In a file with secrets: it may be one.
_HIDDEN = "(not the template's line: a secret may be in it)"
_COLOURS = {"conflict": "red", "merged": "yellow", "removed": "magenta", "taken": "green", "added": "green"}


#: Of an update that cannot be taken back.
NOT_KEPT = "what was replaced could not be kept: scaffold update --undo cannot take this update back"


def plan_lines(plan: UpdatePlan, *, diff: bool) -> list[str]:
    """The plan for people; with ``diff`` what changes, line by line."""
    from scaffold.cli.foreign_options import account_lines
    from scaffold.threeway.model import counts

    lines = [row("Project", str(plan.root)), row("Template", _versions(plan))]
    shown = [one for one in plan.changes if one.kind != "unchanged"]
    for one in sorted(shown, key=lambda one: (_ORDER.index(one.kind), one.path)):
        lines += _file_lines(one)
    same = counts(plan.changes)["unchanged"]
    lines += [row("unchanged", counted(same, "file"))] if same else []
    lines += account_lines(plan.account)
    lines += [row("Note", one) for one in plan.notices]
    if plan.loose and not plan.is_current:
        lines += [row("Uncommitted", one) for one in plan.loose]
    return [*lines, *(_diffs(plan) if diff else ())]


def notices(report: UpdateReport) -> tuple[str, ...]:
    """What is to be known of an update that is made."""
    return report.notices if report.kept else (*report.notices, NOT_KEPT)


def report_lines(plan: UpdatePlan, report: UpdateReport) -> list[str]:
    """What stands, and what is left to do."""
    from scaffold.shell import line

    lines = [row("Note", one) for one in notices(report)]
    lines += [row("Resolve", _todo(one)) for one in plan.conflicts]
    if plan.follow:
        words = " && ".join(line("scaffold", *one) for one in plan.follow)
        lines.append(row("Environment", f"its requirements changed: {words}"))
    lines += [row("Back", "scaffold update --undo")] if report.kept else []
    return [*lines, summary(plan, done=True)]


def summary(plan: UpdatePlan, *, done: bool) -> str:
    """One line."""
    from scaffold.threeway.model import counts

    found = counts(plan.changes)
    if plan.is_current:
        if plan.conflicts:
            return f"Nothing was changed: {counted(len(plan.conflicts), 'file')} in the way"
        wanted = shown(f"{_named(plan)} {plan.becomes.template_version}".rstrip())
        return f"Nothing to do: {plan.root} is as {wanted} has it"
    told = ", ".join(f"{number} {kind}" for kind, number in found.items() if number and kind != "unchanged")
    told = told or "only its record"
    if not done:
        return f"Planned: {told}"
    if plan.conflicts:
        return click.style(f"Updated, with conflicts: {told}", fg="red", bold=True)
    return click.style("Updated: ", fg="green", bold=True) + told


def as_json(schema: str, plan: UpdatePlan, *, done: bool, notices: tuple[str, ...] = ()) -> str:
    """The plan, and whether it was carried out, for programs."""
    from scaffold.cli.foreign_options import account_json
    from scaffold.results import envelope
    from scaffold.threeway.model import counts

    return envelope(
        schema,
        done=done,
        current=plan.is_current,
        root=plan.root,
        template=plan.record.qualified_template,
        version={"from": plan.record.template_version, "to": plan.becomes.template_version},
        counts=counts(plan.changes),
        files=[_file_json(one) for one in plan.changes],
        conflicts=[one.path for one in plan.conflicts],
        uncommitted=plan.loose,
        notices=(*plan.notices, *notices),
        follow=[["scaffold", *one] for one in plan.follow],
        **account_json(plan.account),
    )


def _file_json(one: FileChange) -> dict[str, Any]:
    return {
        "path": one.path,
        "class": one.kind,
        "origin": one.origin,
        "conflicts": one.conflicts,
        "rejected": one.beside,
        "reasons": one.reasons,
    }


def _file_lines(one: FileChange) -> Iterator[str]:
    label = click.style(one.kind.ljust(14), fg=_COLOURS.get(one.kind, "cyan"))
    many = f" ({counted(one.conflicts, 'place')})" if one.conflicts else ""
    yield f"{label} {shown(str(one.path))}{many}"
    yield from (row("", shown(why)) for why in one.reasons)


def _todo(one: FileChange) -> str:
    if one.waits:
        return f"{one.path}: {one.reasons[-1]}"
    if one.beside is not None:
        return f"{one.path}: what could not be merged lies in {one.beside.name}"
    return f"{one.path}: {counted(one.conflicts, 'place')} marked with <<<<<<<"


def _versions(plan: UpdatePlan) -> str:
    old, new = plan.record.template_version, plan.becomes.template_version
    versions = f"{old} {arrow()} {new}" if old != new else new
    return shown(f"{_named(plan)} {versions}".rstrip())


def _named(plan: UpdatePlan) -> str:
    return plan.becomes.origin or plan.becomes.template


def _diffs(plan: UpdatePlan) -> Iterator[str]:
    from difflib import unified_diff

    for one in plan.changes:
        if one.before == one.after:
            continue
        sides = [_shown(entry.content if entry is not None else b"") for entry in (one.before, one.after)]
        if None in sides:
            yield shown(f"Binary files {one.path} differ")
            continue
        old, new = (side or [] for side in sides)
        names = (
            shown(f"a/{one.path}") if one.before else "/dev/null",
            shown(f"b/{one.path}") if one.after else "/dev/null",
        )
        for number, text in enumerate(unified_diff(old, new, *names, lineterm="")):
            hide = number > 1 and text[:1] != "@" and not _is_open(one, text[1:])
            yield _coloured(f"{text[0]}{_HIDDEN}" if hide else text)


def _is_open(one: FileChange, text: str) -> bool:
    """Whether a line of a diff may be read: a file with secrets in it shows the template's lines alone."""
    return one.open_lines is None or text in set(_plain(tuple(one.open_lines)))


def _shown(content: bytes) -> list[str] | None:
    from scaffold.threeway.lines import read_text

    text = read_text(content)
    if text is None:
        return None
    return _plain(text.lines)


def _plain(lines: tuple[bytes, ...]) -> list[str]:
    return [shown(line.decode("utf-8", errors="replace").rstrip("\n")) for line in lines]


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line
