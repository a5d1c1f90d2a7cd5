"""Findings as lines for people: worst first, each with its evidence and what cures it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scaffold.checks.model import Finding

LEVELS = {
    "error": "red",
    "warning": "yellow",
    "unknown": "yellow",
    "info": "blue",
    "skipped": "blue",
    "ok": "green",
}


#: Columns before what belongs to a finding; a level and a blank take fewer.
_INDENT = 11
_LEVEL = 9


def finding_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings for programs, in the order of their schema."""
    from scaffold.results import plain

    return [{**plain(one), "link": link(one.id)} for one in findings]


def link(name: str) -> str:
    """What leads from a finding to its explanation, also where no network is."""
    return f"scaffold doctor explain {name}"


def finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    """Findings, worst first, as wide as the terminal; what is in order is one line each.

    Consequences stand below all others: who cures the cause need not read them.
    """
    from scaffold.cli.text import columns, wrapped

    order, wide = list(LEVELS), columns()
    lines: list[str] = []
    for finding in sorted(findings, key=lambda one: (bool(one.suppressed_by), order.index(one.level))):
        if finding.suppressed_by:
            lines += _consequence(finding, wide)
            continue
        level = click.style(finding.level.ljust(8), fg=LEVELS[finding.level], bold=finding.level == "error")
        first, *more = wrapped(clean(f"{finding.id}  {finding.title}"), wide, first=_LEVEL, then=_INDENT)
        lines += [f"{level} {first}", *more]
        if finding.level != "ok":
            lines += _details(finding, wide)
    return lines


def _consequence(finding: Finding, wide: int | None) -> list[str]:
    """One line: what may go away, and with what."""
    from scaffold.cli.text import wrapped

    level = click.style(finding.level.ljust(8), dim=True)
    text = f"{finding.id}  {finding.title} (may go away once {finding.suppressed_by} is fixed)"
    first, *more = wrapped(clean(text), wide, first=_LEVEL, then=_INDENT)
    return [f"{level} {first}", *more]


def clean(text: str) -> str:
    r"""Text of files and logs without what a terminal would obey, and on one line.

    >>> clean("\x1b[31mred\nred \ud83d")
    '?[31mred red ?'
    """
    return "".join(one if one.isprintable() else " " if one.isspace() else "?" for one in text)


def _details(finding: Finding, wide: int | None) -> list[str]:
    from scaffold.cli.text import wrapped

    texts = finding.detail.splitlines()
    texts += [f"{one.source}: {one.value}" for one in finding.evidence]
    texts += [f"Not the cause: {one}" for one in finding.not_the_cause]
    lines = [
        f"{' ' * _INDENT}{one}" if number == 0 else one
        for text in texts
        for number, one in enumerate(wrapped(clean(text), wide, first=_INDENT, then=_INDENT + 2))
    ]
    return lines + _cure(finding, wide)


def _cure(finding: Finding, wide: int | None) -> list[str]:
    """Words are wrapped; a command stays on one line, so that it can be pasted."""
    from scaffold.cli.text import width, wrapped
    from scaffold.shell import quoted

    if finding.remedy is None:
        return []
    indent = " " * _INDENT
    commands = [clean(" ".join(quoted(part) for part in one)) for one in finding.remedy.commands]
    first, *more = [*commands, ""]
    text = clean(f"Fix: {finding.remedy.text}")
    text = text.rstrip(" .:;,") if first else text  # a colon follows
    whole = f"{text}: {first}" if first else text
    if wide is None or _INDENT + width(whole) <= wide or not first:
        head, *rest = wrapped(whole, wide, first=_INDENT, then=_INDENT + 5)
        lines = [f"{indent}{head}", *rest]
    else:
        head, *rest = wrapped(f"{text}:", wide, first=_INDENT, then=_INDENT + 5)
        lines = [f"{indent}{head}", *rest, f"{indent}     {first}"]
    return lines + [f"{indent}     then: {one}" for one in more if one]


def summary_line(counts: Counter[str], consequences: int = 0) -> str:
    """What it comes to; never "no problems" where something was not looked at."""
    from scaffold.checks.model import counted

    unseen = counts["skipped"] + counts["unknown"]
    if counts["error"] or counts["warning"]:
        text = f"{counted(counts['error'], 'error')}, {counted(counts['warning'], 'warning')}"
    elif counts["info"]:
        text = f"No error, no warning; {counted(counts['info'], 'hint')}"
    else:
        text = "Nothing wrong was found"
    text += f"; {counted(consequences, 'consequence')} of these" if consequences else ""
    return text + (f"; {unseen} not looked at" if unseen else "")
