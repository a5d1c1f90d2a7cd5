"""How an error looks: what and where, evidence, what to do; in JSON where JSON was asked for."""

from __future__ import annotations

import sys
from typing import Any

import click

from scaffold.errors import ScaffoldError
from scaffold.results import envelope, plain


def show(problem: ScaffoldError, *, status: int | None = None) -> int:
    """Print an error, as the command line wants it; its exit status comes back.

    As JSON on standard output where JSON was asked for, as the last event where events were.
    """
    from scaffold.cli.events import emit, error_event

    status = problem.exit_status if status is None else status
    if wants_events():
        emit("error", **error_event(problem, status))
    elif wants_json():
        click.echo(as_json(problem))
    else:
        click.echo(as_text(problem), err=True)
    return status


def as_text(problem: ScaffoldError) -> str:
    """The lines that a person reads, without credentials."""
    from scaffold.cli.text import harmless
    from scaffold.sources.redact import redact

    lines = [f"{click.style(f'error[{problem.code}]', fg='red', bold=True)}: {problem.message}"]
    lines += [f"  {line}" for line in problem.detail]
    if problem.hint:
        first, *rest = problem.hint.splitlines()
        lines += [
            f"{click.style('hint', fg='cyan', bold=True)}: {first}",
            *(f"      {line}" for line in rest),
        ]
    return redact(harmless("\n".join(lines)))


def as_json(problem: ScaffoldError) -> str:
    """The envelope that a script reads (schema ``scaffold/error/1``)."""
    from scaffold.sources.redact import redacted

    return envelope("scaffold/error/1", error=redacted(plain(fields(problem))))


def fields(problem: ScaffoldError) -> dict[str, Any]:
    """An error's parts."""
    return {
        "code": problem.code,
        "message": problem.message,
        "detail": problem.detail,
        "hint": problem.hint,
    }


def wants_json() -> bool:
    """Whether the command line asks for JSON of either kind."""
    return _asked("--json") or wants_events()


def wants_events() -> bool:
    """Whether the command line asks for an event a line."""
    return _asked("--json-lines")


def _asked(option: str) -> bool:
    """What stands behind ``--`` is not ours."""
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return option in arguments[:end]
