"""How an error looks: what and where, evidence, what to do; in JSON where JSON was asked for."""

from __future__ import annotations

import sys

import click

from scaffold.errors import ScaffoldError
from scaffold.results import envelope


def show(problem: ScaffoldError) -> None:
    """Print an error; as JSON on standard output where the command line asked for JSON."""
    if wants_json():
        click.echo(as_json(problem))
        return
    click.echo(as_text(problem), err=True)


def as_text(problem: ScaffoldError) -> str:
    """The lines that a person reads, without credentials."""
    from scaffold.sources.redact import redact

    lines = [f"{click.style(f'error[{problem.code}]', fg='red', bold=True)}: {problem.message}"]
    lines += [f"  {line}" for line in problem.detail]
    if problem.hint:
        first, *rest = problem.hint.splitlines()
        lines += [
            f"{click.style('hint', fg='cyan', bold=True)}: {first}",
            *(f"      {line}" for line in rest),
        ]
    return redact("\n".join(lines))


def as_json(problem: ScaffoldError) -> str:
    """The envelope that a script reads (schema ``scaffold/error/1``)."""
    from scaffold.sources.redact import redact

    return redact(
        envelope(
            "scaffold/error/1",
            error={
                "code": problem.code,
                "message": problem.message,
                "detail": problem.detail,
                "hint": problem.hint,
            },
        )
    )


def wants_json() -> bool:
    """Whether the command line asks for JSON; what stands behind ``--`` is not ours."""
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]
