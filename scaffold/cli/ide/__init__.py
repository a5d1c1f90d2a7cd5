"""``scaffold ide``: PyCharm and VS Code on this machine. One module a command, loaded when it is called."""

from __future__ import annotations

import click

from scaffold.cli.lazy import LazyGroup

#: Name -> one line for ``scaffold ide --help``; a test holds it against each command's own words.
COMMANDS: dict[str, str] = {
    "pycharm": "Make a folder open in PyCharm with its interpreter, its roots and no question.",
    "vscode": "Write VS Code's files: launch, tasks, settings, recommended extensions.",
    "check": "Say what is wrong with a project's PyCharm files, and cure what can be cured.",
    "install": "Download PyCharm, verify it, put it into your own folder for programs, make a launcher.",
    "open": "Start PyCharm on a project, and make the project ready for it before.",
    "tune": "Make PyCharm fast: its memory, and no indexing of data.",
    "tools": "Put doctor, env sync and more into PyCharm's Tools menu.",
}


@click.group(name="ide", cls=LazyGroup, package="scaffold.cli.ide", summaries=COMMANDS)
def command() -> None:
    """Make the IDE ready for a project: files, interpreter, checks, installation."""
