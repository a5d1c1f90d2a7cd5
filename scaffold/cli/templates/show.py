"""``scaffold templates show``: one template, before anything is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.foreign_options import as_option
from scaffold.cli.options import completer, json_option

if TYPE_CHECKING:
    from scaffold.overview import Overview
    from scaffold.projects.foreign.model import ForeignTemplate
    from scaffold.projects.model import TemplateKind
    from scaffold.projects.origins.model import Fetched
    from scaffold.system import System

SCHEMA = "scaffold/templates/1"


@click.command(name="show")
@click.argument("template", metavar="TEMPLATE", shell_complete=completer("template locations"))
@click.option(
    "--template-version", metavar="TAG", default="", help="Its tag, branch or commit, where it is in git."
)
@click.option("--tree", is_flag=True, help="Every file of the tree, also of folders that hold many.")
@as_option
@json_option(SCHEMA)
def command(
    *, template: str, template_version: str, template_format: TemplateKind | None, tree: bool, as_json: bool
) -> None:
    """Show one template: its data, run configurations, files, what it needs and takes.

    TEMPLATE is a name, or a place: a folder, a .zip or .tar.gz, gh:owner/name, pkg:package, a git address.
    Of a template of copier or cookiecutter, its questions and what it would run are shown; nothing is run.
    """
    from scaffold.cli.output import say
    from scaffold.projects.origins.fetch import fetched
    from scaffold.projects.origins.kinds import demand_format
    from scaffold.projects.origins.parse import at, parse_location
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    system = HostSystem()
    location = at(parse_location(template, Path.cwd(), system.home), template_version)
    with fetched(replace(location, format=template_format), system) as found:
        demand_format(found)
        ours = found.kind == "scaffold"
        fields, lines = _native(system, found, tree=tree) if ours else _foreign(system, found)
    if as_json:
        origin = {"kind": found.kind, "origin": found.location.text, "revision": found.revision}
        click.echo(envelope(SCHEMA, template={**fields, **origin}))
        return
    say("\n".join(lines))


def _native(system: System, found: Fetched, *, tree: bool) -> tuple[dict[str, Any], list[str]]:
    from scaffold.cli.templates.view import overview_lines
    from scaffold.overview import overview
    from scaffold.projects.origins.native import native_template

    shown = overview(system, native_template(found))
    return _fields(shown), list(overview_lines(shown, found, whole=tree))


def _foreign(system: System, found: Fetched) -> tuple[dict[str, Any], list[str]]:
    from scaffold.cli.templates.view import foreign_lines
    from scaffold.projects.foreign import describe

    shown = describe(found, system)
    return _foreign_fields(shown, found), list(foreign_lines(shown, found))


def _fields(shown: Overview) -> dict[str, Any]:
    """As a script reads it; keys are only ever added."""
    from scaffold.projects.compose import compose
    from scaffold.results import plain

    template, about = shown.brochure.template, shown.brochure
    return {
        "name": template.name,
        "title": template.title,
        "description": template.description,
        "version": template.version,
        "provider": template.provider,
        "data": template.data,
        "frameworks": template.frameworks,
        "runs": plain(template.runs),
        "floors": plain(template.floors),
        "measured": plain(about.measured) if about.measured else None,
        "files": sorted(str(path) for path in compose(template, template.frameworks)),
        "project": shown.name.distribution,
        "tree": plain(shown.groups),
        "first_runs": plain(about.first_runs),
        "requirements": shown.requirements,
        "downloads": plain(shown.downloads),
    }


def _foreign_fields(shown: ForeignTemplate, found: Fetched) -> dict[str, Any]:
    from scaffold.results import plain

    return {
        "name": found.location.name,
        "title": shown.title,
        "version": found.version,
        "questions": plain(shown.questions),
        "would_run": shown.would_run,
        "migrations": shown.migrations,
        "extensions": shown.extensions,
        "minimum": shown.minimum,
    }
