"""Options for templates of copier and cookiecutter: their answers, and whether their code may run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from scaffold.drawing.blueprint import Account
    from scaffold.projects.foreign.model import Dropped, ForeignTemplate
    from scaffold.system import System

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What `foreign_options` came to."""

    answers: dict[str, Any] = field(default_factory=dict)  # of --answers-file, those of --set over them
    defaults: bool = False
    trust: bool = False

    @property
    def any(self) -> bool:
        """Whether any was used: templates of our own take none."""
        return bool(self.answers) or self.defaults or self.trust


def foreign_options(function: F) -> F:
    """``--set``, ``--answers-file``, ``--defaults``, ``--trust``: what `given` takes."""
    for decorator in reversed(
        (
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="NAME=VALUE",
                help="Answer a question of a copier or cookiecutter template; as often as needed.",
            ),
            click.option(
                "--answers-file",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                metavar="FILE",
                help="Take answers from a file in YAML, JSON or TOML, such as .copier-answers.yml.",
            ),
            click.option(
                "--defaults", is_flag=True, help="Ask nothing that a copier or cookiecutter template asks."
            ),
            click.option(
                "--trust",
                is_flag=True,
                help="Let a copier or cookiecutter template run its hooks, tasks and extensions.",
            ),
        )
    ):
        function = decorator(function)
    return function


def as_option(function: F) -> F:
    """``--as``: whose template is meant, where one folder holds several."""
    return click.option(
        "--as",
        "template_format",
        type=click.Choice(["scaffold", "copier", "cookiecutter"]),
        help="Whose template is meant, where a folder holds several.  [default: the first of these]",
    )(function)


def given(*, settings: tuple[str, ...], answers_file: Path | None, defaults: bool, trust: bool) -> Given:
    """The options as one value. Raises OptionRefused."""
    from scaffold.projects.foreign.answers import parse_set, read_answers

    answers = read_answers(answers_file) if answers_file is not None else {}
    return Given(answers={**answers, **parse_set(settings)}, defaults=defaults, trust=trust)


def would_run_lines(would_run: tuple[str, ...]) -> list[str]:
    """Everything that a template would run, in its order; nothing where it runs nothing."""
    return _listed("Would run", would_run)


def account_lines(account: Account) -> list[str]:
    """What of a template's code ran and what did not, and which earlier answers do not stand."""
    from scaffold.cli.text import row

    lines = [*_listed("Ran", account.ran), *would_run_lines(account.would_run)]
    lines += skipped_lines(account.skipped)
    lines += _listed("Migrate", account.migrations)
    if account.migrations:
        lines.append(row("", "copier would run that; scaffold does not: do by hand what you need of it"))
    return [*lines, *_listed("Answers", tuple(map(_dropped, account.dropped)))]


def account_json(account: Account) -> dict[str, Any]:
    """The same for programs."""
    from scaffold.results import plain

    return {
        "ran": account.ran,
        "skipped": account.skipped,
        "would_run": account.would_run,
        "migrations": account.migrations,
        "dropped_answers": plain(account.dropped),
    }


def _dropped(one: Dropped) -> str:
    instead = f"{one.taken!r} is taken in its place" if one.taken is not None else "nothing is in its place"
    return f"{one.name} is no longer {one.answer!r}: {one.why}; {instead}"


def _listed(label: str, texts: tuple[str, ...]) -> list[str]:
    """A text a line, however many it has: nothing in one looks like the next."""
    from scaffold.cli.text import flat, row

    return [row(label if not number else "", flat(one)) for number, one in enumerate(texts)]


def skipped_lines(skipped: tuple[str, ...]) -> list[str]:
    """What was left out, and how to have it run."""
    from scaffold.cli.text import row

    lines = _listed("Not run", skipped)
    return [*lines, row("", "it is the template's code: read it, and say --trust to run it")] if lines else []


def agree_to_run(system: System, template: ForeignTemplate, *, yes: bool, asks: bool) -> None:
    """Show what will run, and ask on a terminal; elsewhere ``--trust`` said it. A no raises click.Abort."""
    from scaffold.cli.output import say

    lines = would_run_lines(template.would_run)
    if not lines:
        return
    say("\n".join(lines), err=True)
    if asks and system.interactive and not yes:
        click.confirm("Run all that?", default=False, abort=True, err=True)
