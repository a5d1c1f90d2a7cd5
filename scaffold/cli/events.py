"""What a program reads while a command runs: one JSON object a line (schema ``scaffold/events/1``).

    {"schema": "scaffold/events/1", "event": "step", "text": "looking at the machine"}
    {"schema": "scaffold/events/1", "event": "progress", "step": "download", "done": 52000000, ...}
    {"schema": "scaffold/events/1", "event": "result", "result": {"schema": "scaffold/env/1", ...}}

The last line is the result, or the error that was met instead. Every line is written at once, as UTF-8
whatever the terminal's encoding, without colours and without credentials.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from scaffold.environments.model import Progress
    from scaffold.errors import ScaffoldError

SCHEMA = "scaffold/events/1"

Event = Literal["step", "progress", "notice", "result", "error"]


def line(event: Event, **payload: Any) -> str:
    """One event, without its line break or any secret.

    >>> line("step", text="looking at https://me:secret@host/simple")
    '{"schema": "scaffold/events/1", "event": "step", "text": "looking at https://***@host/simple"}'
    """
    from scaffold.results import plain
    from scaffold.sources.redact import redacted

    # Before it is written as JSON: a secret that ends at a quotation mark must not take it along.
    shown = redacted(plain(payload))
    return json.dumps({"schema": SCHEMA, "event": event, **shown}, ensure_ascii=False, allow_nan=False)


def emit(event: Event, **payload: Any) -> None:
    """Write one event to standard output, and flush it."""
    # What no UTF-8 can hold (half of a character in a file's name) becomes the escape that JSON has for it.
    click.echo(line(event, **payload).encode("utf-8", errors="backslashreplace"))


def progress_event(progress: Progress, speed: float | None, remaining: float | None) -> dict[str, Any]:
    """A step's progress: ``speed`` in bytes a second, ``remaining`` in seconds; null where nobody knows."""
    return {
        "step": progress.step,
        "text": progress.message,
        "done": progress.done,
        "total": progress.total or None,
        "unit": progress.unit or None,
        "packages": progress.packages,
        "estimated": progress.estimated,
        "speed": None if speed is None else round(speed),
        "remaining": None if remaining is None else round(remaining, 1),
    }


def error_event(problem: ScaffoldError, status: int) -> dict[str, Any]:
    """A problem as `scaffold.cli.errors` writes it, and the exit status that follows."""
    from scaffold.cli.errors import fields

    return {"error": fields(problem), "exit_status": status}
