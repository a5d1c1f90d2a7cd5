"""``scaffold doctor``: what is wrong, the evidence, and what cures it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scaffold.cli.doctor.beside import Beside
from scaffold.cli.doctor.explain import explain
from scaffold.cli.options import completer, facts_option, json_option

SCHEMA = "scaffold/doctor/1"


@click.group(name="doctor", cls=Beside)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option(
    "--python",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The interpreter, or the environment's folder, that is meant; found if not given.",
)
@click.option("--deep", is_flag=True, help="Let each installed framework compute on each device.")
@click.option("--online", is_flag=True, help="Ask the network too: index, proxy, certificates, hubs.")
@click.option("--before", is_flag=True, help="Nothing is installed yet: judge what would be.")
@click.option(
    "--from-log",
    "log",
    metavar="FILE",
    help="Name the causes that a traceback or a training log shows; - for standard input.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    shell_complete=completer("checks"),
    help="Show these alone: gpu.wsl, gpu.*, gpu. Repeatable.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="ID",
    shell_complete=completer("checks"),
    help="Leave these out. Repeatable.",
)
@click.option("--list", "listed", is_flag=True, help="List every check that there is, and look at nothing.")
@click.option("--report", is_flag=True, help="Print Markdown for an issue tracker, without names and keys.")
@click.option(
    "--save", type=click.Path(path_type=Path), metavar="FILE", help="Write down what was looked at."
)
@click.option("--fix", is_flag=True, help="Cure what can be cured safely; every file is backed up first.")
@click.option("--undo", is_flag=True, help="Take back what the last --fix changed.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what --fix would do and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before something is changed.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@facts_option
@json_option(SCHEMA)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Say what is wrong with a project or this machine, and what cures it.

    Read-only and offline, unless told otherwise. PATH is a project, or any folder.
    Exit status: 0 nothing is wrong, 1 warnings with --strict, 2 errors, 3 doctor itself failed.
    """
    from scaffold.cli.crash import report
    from scaffold.cli.doctor.ask import Options, answer
    from scaffold.errors import ScaffoldError

    try:
        status = answer(Options(**options))
    except (ScaffoldError, OSError, click.ClickException, click.Abort):
        raise
    except Exception as bug:  # noqa: BLE001 - who asks for an exit status must get one that tells it apart
        report(bug)
        status = 3
    context.exit(status)


command.add_command(explain)
