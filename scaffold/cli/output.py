"""How much a command prints, and for whom: words, one line, one JSON document, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import click

from scaffold.errors import OptionRefused

#: text: everything, for people; quiet: errors and the result's line; json: one document at the end;
#: lines: an event a line, as things happen.
Mode = Literal["text", "quiet", "json", "lines"]


def say(text: str, *, err: bool = False) -> None:
    """Print words for people, in which strangers may have a say: nothing in them moves the cursor."""
    from scaffold.cli.text import harmless

    click.echo(harmless(text), err=err)


@dataclass(frozen=True, slots=True)
class Output:
    """What `scaffold.cli.options.output_options` hands to a command."""

    mode: Mode = "text"

    @property
    def asks(self) -> bool:
        """Whether somebody reads along who could be asked; the others said so by their option."""
        return self.mode == "text"

    def words(self, lines: Iterable[str]) -> None:
        """A plan and its reasons: for people only."""
        if self.mode == "text":
            say("\n".join(lines))

    def notice(self, text: str) -> None:
        """Something that a person should know although all goes well."""
        from scaffold.cli.events import emit

        if self.mode == "lines":
            emit("notice", text=text)
        elif self.mode == "text":
            say(text, err=True)

    def result(self, document: str, lines: Iterable[str], *, summary: str = "") -> None:
        """The end: ``document`` (`scaffold.results.envelope`) for programs, ``lines`` for people.

        ``summary`` is the one line of ``--quiet``; the last of ``lines`` where it is not given.
        """
        from scaffold.cli.events import emit

        if self.mode == "lines":
            emit("result", result=json.loads(document))
        elif self.mode == "json":
            click.echo(document)
        else:
            shown = list(lines)
            last = summary or next((one for one in reversed(shown) if one.strip()), "")
            say(last if self.mode == "quiet" else "\n".join(shown))


def output_of(*, quiet: bool, as_json: bool, json_lines: bool) -> Output:
    """The mode that the options ask for; OptionRefused where they ask for two."""
    asked: list[tuple[str, Mode]] = []
    asked += [("--quiet", "quiet")] if quiet else []
    asked += [("--json", "json")] if as_json else []
    asked += [("--json-lines", "lines")] if json_lines else []
    if len(asked) > 1:
        names = " and ".join(name for name, _ in asked)
        raise OptionRefused(f"{names} exclude each other", hint=f"take one of them: {asked[-1][0]}")
    return Output(asked[0][1] if asked else "text")
