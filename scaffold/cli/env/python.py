"""``scaffold env python``: the Pythons of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.system import System


@click.command(name="python")
@click.argument("spec", metavar="[VERSION|PATH]", required=False)
@click.option(
    "-f",
    "--framework",
    "frameworks",
    multiple=True,
    type=click.Choice(["pytorch", "keras"]),
    help="Framework to judge for; may be given several times.  [default: the project's, else all]",
)
@click.option("--anew", is_flag=True, help="Ask every program again, whatever it answered before.")
@click.option(
    "--install", "version", metavar="VERSION", help="Get another Python with uv, such as 3.12; asks first."
)
@click.option("-y", "--yes", is_flag=True, help="With --install: do not ask before the download.")
@click.option("-n", "--dry-run", is_flag=True, help="With --install: show what would be run and do nothing.")
@json_option("scaffold/pythons/1")
def command(
    *,
    spec: str | None,
    frameworks: tuple[str, ...],
    anew: bool,
    version: str | None,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """List the Pythons of this machine, say which can hold the frameworks, and get another.

    Version managers, conda, Homebrew, the system's own, Windows' registry: each program is asked once and
    remembered. Whether a framework fits is told by tables; no index is asked. With a VERSION or a PATH: which
    interpreter `--python` would mean. The one that would be taken is marked with *.
    """
    from scaffold.errors import OptionRefused
    from scaffold.system import HostSystem

    if version is None and (yes or dry_run):
        raise OptionRefused("--yes and --dry-run belong to --install", hint="nothing is changed without it")
    if version is not None and spec is not None:
        raise OptionRefused(
            "--install takes one version, and nothing beside it", hint="leave one of them out"
        )
    system = HostSystem()
    if version is not None:
        _install(system, version, yes=yes, dry_run=dry_run, as_json=as_json)
        return
    _show(system, spec, frameworks, anew=anew, as_json=as_json)


def _show(
    system: System, spec: str | None, frameworks: tuple[str, ...], *, anew: bool, as_json: bool
) -> None:
    from scaffold.builds.model import FRAMEWORKS
    from scaffold.cli.pythons_view import python_lines
    from scaffold.env.python import SCHEMA, look
    from scaffold.errors import OptionRefused
    from scaffold.results import envelope, plain

    if spec is not None and not spec.strip():
        raise OptionRefused("the version is empty", hint="give a version or a path, or leave it out")
    wanted = tuple(one for one in FRAMEWORKS if one in frameworks)
    seen = look(system, Path.cwd(), wanted, spec=spec or "", anew=anew)
    click.echo(envelope(SCHEMA, **plain(seen)) if as_json else "\n".join(python_lines(seen)))


def _install(system: System, version: str, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.cli.pythons_view import install_lines, interpreter_line
    from scaffold.env.python import SCHEMA
    from scaffold.env.python_install import carry_out, plan_install
    from scaffold.errors import ConsentNeeded
    from scaffold.results import envelope, plain
    from scaffold.sources.redact import redact

    plan = plan_install(system, version)
    shown = redact(envelope(SCHEMA, done=False, plan=plain(plan)))
    if dry_run or plan.there is not None:
        click.echo(shown if as_json else redact("\n".join(install_lines(plan))))
        return
    if not as_json:
        click.echo(redact("\n".join(install_lines(plan))))
    if not yes:
        if as_json or not system.interactive:
            raise ConsentNeeded(
                f"Python {plan.version} would be downloaded, and nobody agreed to that",
                hint=f"scaffold env python --install {plan.version} --yes",
            )
        click.confirm("Go on?", default=True, abort=True)
    with ProgressDisplay(quiet=as_json) as display:
        installed = carry_out(system, plan, display.announce)
    done = envelope(SCHEMA, done=True, plan=plain(plan), installed=plain(installed))
    click.echo(redact(done) if as_json else interpreter_line(installed))
