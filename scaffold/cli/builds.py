"""``scaffold builds``: which builds of the frameworks run on this machine, or on another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import click

from scaffold.cli.options import completer, facts_option, json_option

if TYPE_CHECKING:
    from scaffold.builds.advice import Advice
    from scaffold.builds.model import Framework
    from scaffold.facts.model import Observed
    from scaffold.system import System

#: What people call a framework, and what it is here.
FRAMEWORKS: dict[str, Framework] = {
    "pytorch": "pytorch", "torch": "pytorch", "keras": "keras", "tensorflow": "keras", "jax": "jax",
}  # fmt: skip


@click.command(name="builds")
@facts_option
@click.option(
    "--python",
    metavar="X.Y",
    shell_complete=completer("pythons"),
    help="Python version; the best one if not given.",
)
@click.option(
    "-f",
    "--framework",
    "wished",
    multiple=True,
    type=click.Choice(list(FRAMEWORKS)),
    help="Framework to choose for; may be given several times.  [default: all]",
)
@click.option(
    "--index",
    type=click.Choice(["auto", "pypi"]),
    default="auto",
    show_default=True,
    help="Choose from the ordinary index and PyTorch's own (auto), or from the former alone (pypi).",
)
@click.option("--together", is_flag=True, help="Plan one environment for all of them.")
@click.option(
    "--lint",
    "lockfile",
    metavar="LOCKFILE",
    help="Judge a lock file against the machine instead: requirements.txt, uv.lock, pylock.toml,"
    " poetry.lock, environment.yml.",
)
@click.option(
    "--refresh", is_flag=True, help="Add newer releases' facts from your index's metadata to your data file."
)
@click.option("-y", "--yes", is_flag=True, help="With --refresh: write what was found without asking.")
@json_option("scaffold/builds/1")
@click.pass_context
def command(
    context: click.Context,
    *,
    facts: str | None,
    python: str | None,
    wished: tuple[str, ...],
    index: Literal["auto", "pypi"],
    together: bool,
    lockfile: str | None,
    refresh: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say which builds of PyTorch, TensorFlow and JAX run on a machine, from where, and why.

    Driver, compute capability, cuDNN, Python and C library decide, by tables that come along; no index is
    asked and nothing is installed. Each framework gets the best build for an environment of its own.

    Rows of your own are laid over the tables: builds.toml in the folder scaffold of your configuration
    (~/.config on Linux), or the file that the variable SCAFFOLD_BUILDS names. --refresh adds to it.

    Exit status: 0 answered, though it be that nothing fits; 1 an error: with --lint, a build that will
    not run, with --refresh, no package source that answers; 2 the command line itself is wrong.
    """
    from scaffold.builds import user_data
    from scaffold.system import HostSystem

    _refuse_contradictions(refresh=refresh, yes=yes, lockfile=lockfile, facts=facts, together=together)
    system = HostSystem()
    if refresh:
        from scaffold.cli.builds_refresh import refresh as refresh_tables

        context.exit(refresh_tables(system, yes=yes, as_json=as_json))
    own = user_data.apply(system)
    observed = observe(system, facts)
    version = observed.python if python is None else minor_version(python)
    if lockfile is not None:
        from scaffold.cli.builds_lint import lint

        asked = "" if python is None else version
        told = observed.python
        context.exit(lint(lockfile, observed.machine, asked, told_python=told, as_json=as_json))
    from scaffold.builds.advice import advise

    frameworks = tuple(FRAMEWORKS[name] for name in wished) or None
    advice = advise(observed.machine, version or None, frameworks, policy=index, together=together)
    if facts is not None and not as_json:
        from scaffold.cli.options import told_lines

        click.echo("\n".join(told_lines(observed, facts)))
    _show(advice, (*(observed.notes if as_json else ()), *own.notes), as_json=as_json)


def observe(system: System, facts: str | None) -> Observed:
    """The machine that a file tells of, else this one."""
    if facts is not None:
        from scaffold.facts import read_facts

        return read_facts(facts)
    from pathlib import Path

    from scaffold.facts.model import Observed
    from scaffold.machine import detect

    return Observed(machine=detect(system, Path.cwd()), system=system)


def minor_version(text: str) -> str:
    """``3.12`` of ``3.12`` and ``3.12.4``, ``3.14t`` as it is; OptionRefused for anything else."""
    from scaffold.errors import OptionRefused

    match = re.fullmatch(r"(\d+\.\d+)(?:\.\d+)?(t?)", text.strip())
    if match is None:
        raise OptionRefused(f"--python {text}: no version of Python", hint="write it as 3.12")
    return match[1] + match[2]


def _refuse_contradictions(
    *, refresh: bool, yes: bool, lockfile: str | None, facts: str | None, together: bool
) -> None:
    from scaffold.errors import OptionRefused

    if refresh and (lockfile is not None or facts is not None or together):
        raise OptionRefused("--refresh stands alone", hint="scaffold builds --refresh")
    if yes and not refresh:
        raise OptionRefused("--yes belongs to --refresh", hint="leave --yes out: nothing is installed")
    if lockfile is not None and together:
        raise OptionRefused("--lint and --together exclude each other", hint="leave --together out")
    if lockfile == facts == "-":
        raise OptionRefused("--lint and --facts cannot both read standard input", hint="name a file for one")


def _show(advice: Advice, notes: tuple[str, ...], *, as_json: bool) -> None:
    from dataclasses import replace

    told = replace(advice, notes=(*advice.notes, *notes))
    if as_json:
        from scaffold.builds.as_json import SCHEMA, to_json
        from scaffold.results import envelope

        click.echo(envelope(SCHEMA, **to_json(told)))
        return
    from scaffold.cli.builds_view import advice_lines

    click.echo("\n".join(advice_lines(told)))
