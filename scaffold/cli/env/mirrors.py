"""``scaffold env mirrors``: where packages come from, and which mirror is the fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import completer, json_option

if TYPE_CHECKING:
    from scaffold.env.mirrors import Change

SCHEMA = "scaffold/mirrors/1"

_only = click.option(
    "--only",
    type=click.Choice(["index", "pytorch", "python"]),
    help="The ordinary index, PyTorch's, or the place that uv downloads Pythons from.",
)
_dry_run = click.option("-n", "--dry-run", is_flag=True, help="Show what would be written and do nothing.")


@click.group(name="mirrors", invoke_without_command=True)
@click.option(
    "--check", "check_them", is_flag=True, help="Ask each: does it answer, has it PyTorch, how fast?"
)
@click.option("--all", "everything", is_flag=True, help="With --check: ask all mirrors that are known, too.")
@json_option(SCHEMA)
@click.pass_context
def command(context: click.Context, *, check_them: bool, everything: bool, as_json: bool) -> None:
    """Show where packages come from and who says so; check, choose and drop mirrors.

    A PIP_* or UV_* variable is stronger than what `use` writes, pip.conf and uv.toml are weaker. Exit status
    of --check: 1 where something that is in force does not answer, or PyTorch's index has no PyTorch.
    """
    from scaffold.errors import OptionRefused

    if context.invoked_subcommand is not None:
        if check_them or everything or as_json:
            raise OptionRefused("--check, --all and --json stand without, or behind, a further command")
        return
    if everything and not check_them:
        raise OptionRefused("--all belongs to --check", hint="scaffold env mirrors --check --all")
    context.exit(_check(everything=everything, as_json=as_json) if check_them else _show(as_json=as_json))


@command.command(name="list")
@json_option(SCHEMA)
def list_(*, as_json: bool) -> None:
    """List the mirrors that are known by name."""
    from scaffold.cli.mirrors_view import preset_lines
    from scaffold.results import envelope
    from scaffold.sources.presets import mirrors

    click.echo(envelope(SCHEMA, mirrors=mirrors()) if as_json else "\n".join(preset_lines(mirrors())))


@command.command(name="use")
@click.argument("mirror", metavar="NAME|URL", shell_complete=completer("mirrors"))
@_only
@_dry_run
@json_option(SCHEMA)
def use(mirror: str, **options: Any) -> None:
    """Choose a mirror for everything that it has, or an address (flat+URL: pages of wheels)."""
    from scaffold.env.mirrors import plan_use
    from scaffold.system import HostSystem

    _carry_out(plan_use(HostSystem(), mirror, options.pop("only")), **options)


@command.command(name="unset")
@_only
@_dry_run
@json_option(SCHEMA)
def unset(**options: Any) -> None:
    """Take back what `use` chose; pip.conf and uv.toml count again."""
    from scaffold.env.mirrors import plan_unset
    from scaffold.system import HostSystem

    _carry_out(plan_unset(HostSystem(), options.pop("only")), **options)


def _carry_out(change: Change, *, dry_run: bool, as_json: bool) -> None:
    from scaffold.cli.mirrors_view import change_lines
    from scaffold.env.mirrors import carry_out
    from scaffold.results import envelope

    done = change.is_needed and not dry_run
    if done:
        carry_out(change)
    plain = {"path": change.path, "before": change.before, "after": change.after, "notes": change.notes}
    text = envelope(SCHEMA, done=done, change=plain)
    click.echo(text if as_json else "\n".join(change_lines(change, done=done)))


def _show(*, as_json: bool) -> int:
    from scaffold.cli.mirrors_view import in_force_lines
    from scaffold.results import envelope
    from scaffold.sources.in_force import in_force
    from scaffold.system import HostSystem

    found = in_force(HostSystem())
    click.echo(envelope(SCHEMA, settings=found) if as_json else "\n".join(in_force_lines(found)))
    return 0


def _check(*, everything: bool, as_json: bool) -> int:
    from scaffold.cli.mirrors_view import measurement_lines
    from scaffold.env.mirrors import check
    from scaffold.results import envelope
    from scaffold.sources.measure import IN_FORCE
    from scaffold.system import HostSystem

    found = check(HostSystem(), everything=everything)
    text = envelope(SCHEMA, checked=found) if as_json else "\n".join(measurement_lines(found))
    click.echo(text)
    return int(any(one.place.name == IN_FORCE and one.is_failure for one in found))
