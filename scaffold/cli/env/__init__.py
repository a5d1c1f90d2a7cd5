"""``scaffold env``: a project's Python environments. One module a command, loaded when it is called."""

from __future__ import annotations

import click

from scaffold.cli.lazy import LazyGroup

#: Name -> one line for ``scaffold env --help``; a test holds it against each command's own words.
COMMANDS = {
    "create": "Make the environment of the project around this folder, for this machine.",
    "lock": "Pin every package of the project around this folder, for every machine.",
    "sync": "Make the environment exactly what the project's lock for this machine says.",
    "wheelhouse": "Download every wheel of this machine's lock into one folder, hashes checked.",
    "check": "Say what is damaged in a project's environments, and where they differ from their lock.",
    "adopt": "Use an environment that you made, of venv's kind or conda's, as it is.",
    "list": "List the project's environments: Python, builds, room on disk, and what was proved.",
    "show": "Show the environment of the project around this folder, from its files alone.",
    "remove": "Remove an environment of the project; its files, locks and data stay.",
    "gc": "Say what of the project's environments and of the caches can be freed, and how much.",
    "python": "List the Pythons of this machine, say which can hold the frameworks, and get another.",
    "mirrors": "Show where packages come from and who says so; check, choose and drop mirrors.",
}


@click.group(name="env", cls=LazyGroup, package="scaffold.cli.env", summaries=COMMANDS)
def command() -> None:
    """Make, lock, check and look after a project's Python environments."""
