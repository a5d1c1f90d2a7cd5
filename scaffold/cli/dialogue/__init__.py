"""What ``scaffold new`` asks on a terminal: as little as the command line left open, each with a default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from scaffold.errors import OptionRefused

if TYPE_CHECKING:
    from scaffold.cli.dialogue.model import Asker
    from scaffold.cli.dialogue.words import Words
    from scaffold.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What decides about a project's files; None: not said."""

    name: str | None
    template: str | None
    framework: str | None

    def arguments(self) -> tuple[str, ...]:
        """The command line that says it, behind ``scaffold new``."""
        from scaffold.new import meant_template

        told = self.name is not None and meant_template(self.name) == self.template
        words = [self.name] if self.name else []
        words += ["--template", self.template] if self.template and not told else []
        words += ["--framework", self.framework] if self.framework else []
        return tuple(words)


def completed(
    system: System, given: Answers, *, asks: bool, parent: Path, more: Sequence[str] = ()
) -> Answers:
    """The answers with those that had to be asked for; the same object where none had to.

    ``more``: the command line's other options, for the command that is shown in the end. Without a terminal
    nothing is asked: that is OptionRefused where there is no name. Ends the program where the user stops.
    """
    if given.name is not None and not _tells_no_template(given):
        return given
    if not (asks and system.interactive):
        if given.name is not None:
            return given  # planning says what is wrong with it
        why = (
            "there is no terminal to ask on"
            if not system.interactive
            else "this way of printing asks nothing"
        )
        raise OptionRefused(
            f"no project name was given, and {why}",
            hint="name the project: scaffold new cnn-project",
        )
    if given.name is not None:
        from scaffold.projects.names import project_name
        from scaffold.projects.write import check_target

        check_target(parent / project_name(given.name).distribution)
    return _asked(system, given, parent, more)


def _tells_no_template(given: Answers) -> bool:
    """Whether neither an option nor the end of the name says which template is meant."""
    from scaffold.new import meant_template
    from scaffold.projects.catalog import template_names

    if given.template is not None or given.name is None:
        return False
    return meant_template(given.name) not in {name for name, _ in template_names()}


def _asked(system: System, given: Answers, parent: Path, more: Sequence[str]) -> Answers:
    from scaffold.cli.dialogue.model import GoBack
    from scaffold.cli.dialogue.questions import (
        ask_frameworks,
        ask_name,
        ask_template,
        proposed_name,
        steps,
    )
    from scaffold.cli.dialogue.words import language, words
    from scaffold.cli.text import can_show

    spoken = words(language(system))
    if not can_show(spoken("template_help")):
        spoken = words("en")
    fields = [one for one in ("template", "name", "framework") if getattr(given, one) is None]
    numbers, at = steps(given), 0
    answers, before = given, dict[str, str | None]()  # what was said before somebody went back
    try:
        asker = _asker(system, spoken)
        while at < len(fields):
            field, step = fields[at], numbers[at]
            last = before.get(field)
            try:
                if field == "template":
                    said: str | None = ask_template(asker, spoken, step, last)
                elif field == "name":
                    said = ask_name(asker, spoken, answers, parent, system.home, step, last)
                else:
                    said = ask_frameworks(asker, spoken, answers, step, last)
            except GoBack:
                at -= 1
                continue
            # A name that was proposed goes with its template: another one proposes another.
            proposed = field == "name" and said == proposed_name(answers, parent, system.home)
            before[field] = None if proposed else said
            answers, at = _with(answers, field, said), at + 1
    except (KeyboardInterrupt, EOFError):
        _stop(spoken)
    from scaffold.shell import line

    command = line("scaffold", "new", *answers.arguments(), *more)
    click.echo(f"\n{spoken('again')} {click.style(command, bold=True)}\n")
    return answers


def _with(answers: Answers, field: str, said: str | None) -> Answers:
    if field == "template":
        return replace(answers, template=said)
    return replace(answers, name=said) if field == "name" else replace(answers, framework=said)


def _asker(system: System, spoken: Words) -> Asker:
    from scaffold.cli.dialogue.able import can_draw

    if can_draw(system):
        from scaffold.cli.dialogue.arrows import Arrows

        return Arrows(spoken)
    from scaffold.cli.dialogue.plain import Plain

    return Plain(spoken)


def _stop(spoken: Words) -> NoReturn:
    """One line, where there still is a terminal to show it."""
    import os
    import sys

    from scaffold.errors import Interrupted

    try:
        click.echo(spoken("stopped"), err=True)
    except OSError:  # the terminal was closed; Python would say so again at its end
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise click.exceptions.Exit(Interrupted.exit_status)
