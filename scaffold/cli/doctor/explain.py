"""``scaffold doctor explain ID``: what a finding means, how it is seen, how it is cured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.cli.options import completer, json_option

if TYPE_CHECKING:
    from scaffold.checks.catalogue import Entry, Words

SCHEMA = "scaffold/doctor-explain/1"

_LABELS = {
    "en": ("What it means", "How it is seen", "How it is cured", "More"),
    "zh": ("含义", "如何发现", "如何解决", "更多"),
}
_FIXES = {
    "automatic": ("scaffold doctor --fix cures it.", "scaffold doctor --fix 可以自动解决。"),
    "command": ("Doctor prints the command.", "doctor 会给出要执行的命令。"),
    "explained": ("", ""),
}


@click.command(name="explain")
@click.argument("name", metavar="ID", shell_complete=completer("checks"))
@click.option(
    "--language",
    type=click.Choice(["en", "zh", "both"]),
    default="both",
    show_default=True,
    help="English, Chinese, or both.",
)
@json_option(SCHEMA)
def explain(*, name: str, language: str, as_json: bool) -> None:
    """Say what a finding means, how it is seen and how it is cured, in English and Chinese."""
    from scaffold.checks.catalogue import catalogue
    from scaffold.checks.chosen import unknown
    from scaffold.results import envelope

    entry = catalogue().get(name.strip().lower())
    if entry is None:
        raise unknown(name, tuple(catalogue()))
    if as_json:
        click.echo(envelope(SCHEMA, **_row(entry)))
        return
    languages = ["en", "zh"] if language == "both" else [language]
    parts = [_part(entry, one) for one in languages if one == language or _can_show(entry, one)]
    click.echo("\n\n".join("\n".join(part) for part in parts))


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "levels": entry.levels,
        "fix": entry.fix,
        "en": entry.english,
        "zh": entry.chinese,
        "links": entry.links,
    }


def _can_show(entry: Entry, language: str) -> bool:
    """A terminal that knows no Chinese gets the English alone, instead of question marks."""
    from scaffold.cli.text import can_show

    return can_show(_words(entry, language).title)


def _words(entry: Entry, language: str) -> Words:
    return entry.english if language == "en" else entry.chinese


def _part(entry: Entry, language: str) -> list[str]:
    from scaffold.cli.text import columns, wrapped

    words, wide = _words(entry, language), columns()
    means, seen, cured, more = _LABELS[language]
    own = _FIXES[entry.fix][0 if language == "en" else 1]
    lines = [f"{click.style(entry.id, bold=True)}  {words.title}"]
    for label, text in ((means, words.means), (seen, words.seen), (cured, f"{words.cured}\n{own}".strip())):
        lines += ["", click.style(label, fg="cyan")]
        for row in text.strip().splitlines():
            first, *rest = wrapped(row, wide, first=2, then=2)
            lines += [f"  {first}", *rest]
    if entry.links:
        lines += ["", click.style(more, fg="cyan"), *(f"  {link}" for link in entry.links)]
    return lines
