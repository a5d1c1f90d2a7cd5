"""Questions a line at a time: for terminals that cannot move a cursor or show more than a code page."""

from __future__ import annotations

from collections.abc import Sequence

import click

from scaffold.cli.dialogue.model import Judge, Option, Question
from scaffold.cli.dialogue.words import Words


class Plain:
    """Asks with click's prompts."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def choose(self, question: Question, options: Sequence[Option], default: str) -> str:
        """Every option with its number and title; number, name or the beginning of one answers."""
        click.echo(f"[{question.step}] {question.label}: {question.help}")
        for number, one in enumerate(options, 1):
            click.echo(f"  {number}  {click.style(one.value, bold=True)}  {one.title}")
        while True:
            typed = _prompt(question.label, default).strip()
            found = _meant(typed, [one.value for one in options])
            if found:
                return found
            click.echo(self._words("nothing_fits", typed=typed))

    def text(self, question: Question, default: str, judge: Judge) -> str:
        """Ask until it is good, with what would do as the next default."""
        click.echo(f"[{question.step}] {question.label}: {question.help}")
        while True:
            answer = _prompt(question.label, default)
            judgement = judge(answer)
            if judgement.good:
                return answer
            click.echo(judgement.note)
            default = judgement.proposal or default


def _meant(typed: str, values: Sequence[str]) -> str:
    """The value of a number, a name or the beginning of one name alone; "" where it is none.

    >>> _meant("2", ["cnn", "text"]), _meant("TE", ["cnn", "text"]), _meant("t", ["tabular", "text"])
    ('text', 'text', '')
    """
    if typed.isdecimal() and 1 <= int(typed) <= len(values):
        return values[int(typed) - 1]
    near = [one for one in values if one.casefold().startswith(typed.casefold())]
    exact = [one for one in values if one.casefold() == typed.casefold()]
    found = exact or near
    return found[0] if len(found) == 1 else ""


def _prompt(label: str, default: str) -> str:
    """Click tells Ctrl-C and the end of input by an exception of its own."""
    try:
        return str(click.prompt(label, default=default))
    except click.Abort as stopped:
        raise KeyboardInterrupt from stopped
