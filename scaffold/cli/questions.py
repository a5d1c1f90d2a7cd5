"""The few questions of a bare ``scaffold new`` on a terminal; every one has a default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scaffold.errors import NameRefused, OptionRefused

if TYPE_CHECKING:
    from scaffold.system import System


def ask(system: System, template: str | None, framework: str | None) -> tuple[str, str, str]:
    """Name, template and frameworks. Without a terminal nothing is asked: that is OptionRefused."""
    if not system.interactive:
        raise OptionRefused(
            "no project name was given, and there is no terminal to ask on",
            hint="name the project: scaffold new cnn-project",
        )
    template = template or _template()
    name = _name(template)
    framework = framework or click.prompt(
        "Frameworks", type=click.Choice(["both", "pytorch", "keras"]), default="both"
    )
    return name, template, framework


def _template() -> str:
    from scaffold.projects.catalog import find_templates

    templates = find_templates().templates
    for one in templates:
        click.echo(f"  {click.style(one.name, bold=True)}  {one.title}: {one.description}")
    names = [one.name for one in templates]
    if len(names) == 1:
        return names[0]
    return str(click.prompt("Template", type=click.Choice(names), default=names[0]))


def _name(template: str) -> str:
    """Ask until the name is one that works, proposing one that does."""
    from scaffold.projects.names import project_name, propose

    default = f"{template}-project"
    while True:
        name = str(click.prompt("Name of the project and its folder", default=default))
        try:
            project_name(name, template=template)
        except NameRefused as refusal:
            click.echo(refusal.message)
            default = propose(name, template=template)
            continue
        return name
