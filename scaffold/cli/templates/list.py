"""``scaffold templates list``: what can be made."""

from __future__ import annotations

import click

from scaffold.cli.options import json_option


@click.command(name="list")
@json_option("scaffold/templates/1")
def command(*, as_json: bool = False) -> None:
    """List the templates of this installation, third parties' included."""
    from scaffold.cli.output import say
    from scaffold.cli.templates.view import catalog_lines, problem_lines
    from scaffold.projects.catalog import find_templates
    from scaffold.results import envelope

    catalog = find_templates()
    templates = catalog.templates
    if as_json:
        rows = [
            {
                "name": one.name,
                "title": one.title,
                "description": one.description,
                "version": one.version,
                "provider": one.provider,
                "frameworks": one.frameworks,
            }
            for one in templates
        ]
        problems = [{"message": one.message, "detail": one.detail} for one in catalog.problems]
        click.echo(envelope("scaffold/templates/1", templates=rows, problems=problems))
        return
    say("\n".join(catalog_lines(catalog)))
    for line in problem_lines(catalog):
        say(line, err=True)
