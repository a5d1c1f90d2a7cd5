"""``scaffold env python``: the Pythons of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import completer, output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.system import System


@click.command(name="python")
@click.argument("spec", metavar="[VERSION|PATH]", required=False, shell_complete=completer("pythons"))
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
@output_options("scaffold/pythons/1")
def command(
    *,
    spec: str | None,
    frameworks: tuple[str, ...],
    anew: bool,
    version: str | None,
    yes: bool,
    dry_run: bool,
    output: Output,
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
        _install(system, version, yes=yes, dry_run=dry_run, output=output)
        return
    _show(system, spec, frameworks, anew=anew, output=output)


def _show(
    system: System, spec: str | None, frameworks: tuple[str, ...], *, anew: bool, output: Output
) -> None:
    from scaffold.builds.model import FRAMEWORKS
    from scaffold.cli.pythons_view import python_lines, taken_line
    from scaffold.env.python import SCHEMA, look
    from scaffold.errors import OptionRefused
    from scaffold.results import envelope, plain

    if spec is not None and not spec.strip():
        raise OptionRefused("the version is empty", hint="give a version or a path, or leave it out")
    wanted = tuple(one for one in FRAMEWORKS if one in frameworks)
    seen = look(system, Path.cwd(), wanted, spec=spec or "", anew=anew)
    output.result(envelope(SCHEMA, **plain(seen)), python_lines(seen), summary=taken_line(seen))


def _install(system: System, version: str, *, yes: bool, dry_run: bool, output: Output) -> None:
    from scaffold.cli.progress import ProgressDisplay
    from scaffold.cli.pythons_view import install_lines, interpreter_line
    from scaffold.env.python import SCHEMA
    from scaffold.env.python_install import carry_out, plan_install
    from scaffold.errors import ConsentNeeded
    from scaffold.results import envelope

    plan = plan_install(system, version)
    if dry_run or plan.there is not None:
        output.result(envelope(SCHEMA, done=False, plan=plan), install_lines(plan))
        return
    output.words(install_lines(plan))
    if not yes:
        if not (output.asks and system.interactive):
            raise ConsentNeeded(
                f"Python {plan.version} would be downloaded, and nobody agreed to that",
                hint=f"scaffold env python --install {plan.version} --yes",
            )
        click.confirm("Go on?", default=True, abort=True)
    with ProgressDisplay(output) as display:
        installed = carry_out(system, plan, display.announce)
    done = envelope(SCHEMA, done=True, plan=plan, installed=installed)
    output.result(done, [interpreter_line(installed)])
