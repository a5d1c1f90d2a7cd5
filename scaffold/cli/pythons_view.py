"""The Pythons of a machine, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scaffold.builds.model import TITLES
from scaffold.cli.text import row, width

if TYPE_CHECKING:
    from scaffold.env.python import Holding, Judged, Pythons
    from scaffold.env.python_install import InstallPlan
    from scaffold.interpreters.model import Interpreter, Refusal


def python_lines(seen: Pythons) -> Iterator[str]:
    """The table, what cannot be used, what would be taken and why, what could be got."""
    shown = [one for one in seen.interpreters if not seen.asked or one.interpreter == seen.taken]
    yield from _usable(shown, seen.taken)
    if seen.refused and not seen.asked:
        yield ""
        yield "Cannot be used:"
        yield from _columns([_refused(one) for one in seen.refused])
    yield ""
    if seen.taken is not None:
        yield row("Taken", interpreter_line(seen.taken))
        yield from (row("", reason) for reason in seen.reasons)
    else:
        yield from (row("None taken", reason) for reason in seen.reasons)
    if not seen.asked:
        for one in seen.absent[: None if seen.taken is None else 1]:
            yield row("Not here", f"Python {one.python} ({holding_words(one.holds)}): {one.command}")
    yield from (row("Note", note) for note in seen.notices)


def interpreter_line(one: Interpreter) -> str:
    """``Python 3.12.1 (pyenv) /home/ada/...``."""
    return f"Python {one.version} ({one.origin}) {one.path}"


def taken_line(seen: Pythons) -> str:
    """The one line of ``--quiet``: the path of the Python that would be taken."""
    return str(seen.taken.path) if seen.taken is not None else f"none: {seen.reasons[0]}"


def install_lines(plan: InstallPlan) -> Iterator[str]:
    """What would be run, or that it is there."""
    if plan.there is not None:
        yield row("There already", interpreter_line(plan.there))
        return
    yield row("To run", " ".join(plan.command))
    if plan.mirror is not None:
        yield row("From", f"{plan.mirror.value} ({plan.mirror.origin})")


def holding_words(holds: Sequence[Holding]) -> str:
    """``PyTorch, Keras``: what can be held; "nothing" where none can."""
    return ", ".join(TITLES[one.framework] for one in holds if one.requirement) or "nothing"


def _usable(judged: Sequence[Judged], taken: Interpreter | None) -> Iterator[str]:
    if not judged:
        yield "No usable Python was found."
        return
    head = ("", "Python", "origin", "built for", "can hold", "path")
    rows = [
        (
            "*" if one.interpreter == taken else "",
            one.interpreter.version,
            one.interpreter.origin,
            one.interpreter.machine,
            holding_words(one.holds),
            str(one.interpreter.path),
        )
        for one in judged
    ]
    table = list(_columns([head, *rows]))
    yield click.style(table[0], fg="cyan")
    told = set[str]()  # two Pythons of one version have the same to say
    for one, line in zip(judged, table[1:], strict=True):
        yield line
        about = [*one.notes, *_remarks(one.holds)]
        yield from (f"    {remark}" for remark in about if remark not in told)
        told.update(about)


def _remarks(holds: Sequence[Holding]) -> Iterator[str]:
    for one in holds:
        for line in one.why:
            yield f"{TITLES[one.framework]}: {line}"


def _refused(one: Refusal) -> tuple[str, ...]:
    return ("", one.version or "?", one.origin, one.why, str(one.path))


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Cells in columns; the last one is as long as it is."""
    widths = [max(width(cells[column]) for cells in rows) for column in range(len(rows[0]) - 1)]
    for cells in rows:
        padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=False)]
        yield "  ".join((*padded, cells[-1])).rstrip()
