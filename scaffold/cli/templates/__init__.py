"""``scaffold templates``: what can be made. One module a command, loaded when it is called."""

from __future__ import annotations

import click

from scaffold.cli.lazy import LazyGroup

#: Name -> one line for ``scaffold templates --help``; a test holds it against each command's own words.
COMMANDS = {
    "list": "List the templates of this installation, third parties' included.",
    "new": "Make a template of your own.",
    "open": "Open a template as a project that can be run, debugged and linted.",
    "check": "Check templates: manifests, every selection of frameworks, lint, types, tests, smoke runs.",
    "show": "Show one template: its data, run configurations, files, what it needs and takes.",
    "export": "Write a template as one of Copier's or cookiecutter's.",
}


@click.group(
    name="templates",
    cls=LazyGroup,
    package="scaffold.cli.templates",
    summaries=COMMANDS,
    invoke_without_command=True,
)
@click.pass_context
def command(context: click.Context) -> None:
    """List the templates; show, check, open, export one, or begin one of your own."""
    if context.invoked_subcommand is None:
        from scaffold.cli.templates.list import command as listing

        context.invoke(listing)
