from __future__ import annotations

from importlib.util import find_spec

import click

from scaffold import cli
from scaffold.projects.menu import ENTRIES, menu


def test_every_entry_is_a_command_that_exists():
    context = click.Context(cli.scaffold)
    for entry in menu():
        command: click.Command | None = cli.scaffold
        for word in entry.words:
            assert isinstance(command, click.Group)
            command = command.get_command(context, word)
        assert command is not None, entry.name
        known = {name for option in command.params for name in option.opts}
        assert known >= set(entry.options), entry.name


def test_an_entry_whose_command_does_not_exist_yet_is_left_out():
    missing = {one.name for one in ENTRIES if find_spec(f"scaffold.cli.{'.'.join(one.words)}") is None}
    assert {one.name for one in menu()} == {one.name for one in ENTRIES} - missing
    assert {"scaffold: doctor", "scaffold: env sync", "scaffold: run …"} <= {one.name for one in menu()}
