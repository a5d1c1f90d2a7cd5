"""``scaffold ide``: PyCharm and VS Code on this machine. One module a command, loaded when it is called."""

from __future__ import annotations

import click

from scaffold.cli.lazy import LazyGroup

#: Name -> one line for ``scaffold ide --help``; a test holds it against each command's own words.
COMMANDS: dict[str, str] = {
    "check": "Say what is wrong with a project's PyCharm files, and cure what can be cured.",
    "install": "Download PyCharm, verify it, put it into your own folder for programs, make a launcher.",
}


@click.group(name="ide", cls=LazyGroup, package="scaffold.cli.ide", summaries=COMMANDS)
def command() -> None:
    """Make the IDE ready for a project: files, interpreter, checks, installation."""
