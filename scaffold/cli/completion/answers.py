"""What a shell's script asks: completions on standard output, and never another word.

The scripts call ``scaffold`` with ``_SCAFFOLD_COMPLETE`` set to click's ``<shell>_complete``, and the line in
``_SCAFFOLD_WORDS``: bash and fish hand it over as it is typed, zsh and PowerShell a word a line, the last one
being completed. An answer is a line ``kind TAB value TAB note``, for PowerShell an object of JSON.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

from scaffold.cli.completion.words import Typed, for_bash, for_powershell

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What stands behind the shell's name in ``_SCAFFOLD_COMPLETE``.
_ASKS = "_complete"


class _Answer(ShellComplete):
    """Words as a line each; the shell itself quotes what it inserts."""

    source_template: ClassVar[str] = ""  # scaffold.completion has the scripts
    environment: Mapping[str, str] = {}

    def typed(self) -> Typed:
        return Typed(tuple(self.environment.get("_SCAFFOLD_WORDS", "").split("\n")))

    def get_completion_args(self) -> tuple[list[str], str]:
        words = self.typed().words
        return list(words[1:-1]), words[-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """As click has them; a value behind ``--option=`` gets that before it, as shells replace the word."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if equals and option.startswith("--"):
            for one in found:
                one.value = f"{option}={one.value}" if one.type == "plain" else one.value
        return [one for one in found if "\n" not in one.value and "\t" not in one.value]

    def format_completion(self, item: CompletionItem) -> str:
        note = " ".join((item.help or "").split())
        return f"{item.type}\t{self.quoted(item.value)}" + (f"\t{note}" if note else "")

    def quoted(self, value: str) -> str:
        return value


class Zsh(_Answer):
    """zsh filters and quotes by itself."""

    name = "zsh"


class Fish(_Answer):
    """fish quotes by itself, and hands over the line as it is typed."""

    name = "fish"

    def typed(self) -> Typed:
        return Typed.read(self.environment.get("_SCAFFOLD_WORDS", ""))

    def format_completion(self, item: CompletionItem) -> str:
        """For a file what was typed of it, without its quotation marks: fish would look for one with them."""
        if item.type != "plain":
            return f"{item.type}\t{self.typed().words[-1]}"
        return super().format_completion(item)


class Bash(Fish):
    """bash inserts what it is given."""

    name = "bash"

    def format_completion(self, item: CompletionItem) -> str:
        breaks = self.environment.get("_SCAFFOLD_BREAKS", "")
        return f"{item.type}\t{for_bash(item.value, self.typed(), breaks)}"


class Powershell(_Answer):
    """PowerShell inserts what it is given, and reads JSON; without an answer it completes files itself."""

    name = "powershell"

    def format_completion(self, item: CompletionItem) -> str:
        note = " ".join((item.help or "").split()) or item.value  # an empty tooltip is an error there
        return json.dumps({"text": for_powershell(item.value), "shown": item.value, "note": note})

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        return [one for one in super().get_completions(args, incomplete) if one.type == "plain"]


def answer(program: click.Command, environment: Mapping[str, str]) -> None:
    """Print what could stand at the cursor. Whatever goes wrong, the line that is typed stays as it is."""
    shell = environment["_SCAFFOLD_COMPLETE"].removesuffix(_ASKS)
    kinds = {one.name: one for one in (Bash, Zsh, Fish, Powershell)}
    if shell not in kinds:
        return
    completer = add_completion_class(kinds[shell])(program, {}, "scaffold", "_SCAFFOLD_COMPLETE")
    completer.environment = environment
    try:
        text = completer.complete()
    except Exception:  # noqa: BLE001 - a word in the midst of a line that is being typed helps nobody
        return
    if text:
        sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "surrogateescape"))
