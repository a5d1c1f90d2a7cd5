"""``scaffold templates``: what can be made."""

from __future__ import annotations

import click

from scaffold.cli.options import json_option


@click.group(name="templates", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the templates, or show one."""
    if context.invoked_subcommand is None:
        context.invoke(list_templates)


@command.command(name="list")
@json_option("scaffold/templates/1")
def list_templates(*, as_json: bool = False) -> None:
    """List the templates of this installation, third parties' included."""
    from scaffold.cli.text import row
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
    for one in templates:
        click.echo(row(one.name, f"{one.title}: {one.description} ({', '.join(one.frameworks)})"))
    for problem in catalog.problems:
        click.echo(f"{click.style('warning', fg='yellow')}: {problem.message}", err=True)


@command.command(name="show")
@click.argument("name")
@json_option("scaffold/templates/1")
def show(*, name: str, as_json: bool) -> None:
    """Show one template: its data, run configurations and files."""
    from scaffold.cli.text import row
    from scaffold.projects.catalog import find_template
    from scaffold.projects.compose import compose
    from scaffold.projects.measured import lines, read_measured
    from scaffold.results import envelope, plain

    template = find_template(name)
    measured = read_measured(template.folder)
    files = sorted(str(path) for path in compose(template, template.frameworks))
    if as_json:
        shown = {
            "name": template.name,
            "title": template.title,
            "description": template.description,
            "version": template.version,
            "provider": template.provider,
            "data": template.data,
            "frameworks": template.frameworks,
            "runs": plain(template.runs),
            "floors": plain(template.floors),
            "measured": plain(measured) if measured else None,
            "files": files,
        }
        click.echo(envelope("scaffold/templates/1", template=shown))
        return
    click.echo(row("Template", f"{template.name} {template.version} ({template.provider})"))
    click.echo(row("", f"{template.title}: {template.description}"))
    click.echo(row("Data", template.data))
    for run in template.runs:
        click.echo(row("Run", f"{run.name}: {run.summary}"))
    for floor in template.floors:
        bound = f"at least {floor.least:g}" if floor.least is not None else f"at most {floor.most:g}"
        click.echo(row("Reaches", f"{floor.job}: {floor.measure} {bound}"))
    for line in lines(measured) if measured else ():
        click.echo(row("Measured", line))
    if measured:
        click.echo(row("", f"{measured.date}, {measured.machine}; {measured.versions}"))
    for path in files:
        click.echo(row("", path))
