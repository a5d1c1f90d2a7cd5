"""What is said of a project before a command works in it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

F = TypeVar("F", bound=Callable[..., Any])


def in_project(at: str = "") -> Callable[[F], F]:
    """For a command that works in a project: around the folder that its parameter ``at`` names, or this one.

    It stands below all options, for it asks what they were told.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(*args: Any, **given: Any) -> Any:
            output = given.get("output")
            tell_unfinished(given.get(at) or Path.cwd(), mode=output.mode if output is not None else "text")
            return function(*args, **given)

        return cast("F", command)

    return decorate


def tell_unfinished(start: Path, *, mode: str = "text") -> None:
    """One line on standard error where an update of the project around a folder was killed half-way."""
    from scaffold.files import nearest
    from scaffold.links import OURS

    root = nearest(start, lambda folder: (folder / OURS).is_dir())
    if root is None or mode == "quiet":
        return
    from scaffold.env.project import unfinished_update
    from scaffold.system import HostSystem

    words = unfinished_update(HostSystem(), root)
    if words and mode == "lines":
        from scaffold.cli.events import emit

        emit("notice", text=words)
    elif words:
        warn(words)


def tell_conflicts(root: Path) -> None:
    """One line where the last update left markers, which no program can read, in a file of the project."""
    from scaffold.threeway.leftovers import first_marker

    found = first_marker(root)
    if found is not None:
        warn(f"{found[0]}:{found[1]} holds a conflict of the last update: choose what shall stay there")


def warn(words: str) -> None:
    """A warning, before what it is about happens."""
    click.echo(f"{click.style('warning', fg='yellow', bold=True)}: {words}", err=True)
