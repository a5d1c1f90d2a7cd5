"""``scaffold doctor --list``: every check that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.cli.doctor.ask import Options

SCHEMA = "scaffold/doctor-list/1"


def show_list(options: Options) -> int:
    """Ids by subject, with what they say; those that ``--only`` and ``--skip`` leave."""
    from fnmatch import fnmatchcase

    from scaffold.checks.catalogue import catalogue
    from scaffold.checks.chosen import patterns
    from scaffold.results import envelope

    only, skip = patterns(options.only, "--only"), patterns(options.skip, "--skip")
    entries = [
        one
        for one in sorted(catalogue().values(), key=lambda one: one.id)
        if (not only or any(fnmatchcase(one.id, pattern) for pattern in only))
        and not any(fnmatchcase(one.id, pattern) for pattern in skip)
    ]
    if options.as_json:
        rows = [
            {
                "id": one.id,
                "levels": one.levels,
                "fix": one.fix,
                "title": {"en": one.english.title, "zh": one.chinese.title},
            }
            for one in entries
        ]
        click.echo(envelope(SCHEMA, checks=rows))
        return 0
    wide = max((len(one.id) for one in entries), default=0)
    for one in entries:
        level = next((level for level in one.levels if level != "ok"), "ok")
        click.echo(f"{one.id.ljust(wide)}  {level.ljust(7)}  {one.english.title}")
    click.echo("What one means, in English and Chinese:  scaffold doctor explain ID")
    return 0
