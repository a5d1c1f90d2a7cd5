"""``scaffold completion``: a shell's completion script, printed or put where the shell looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from scaffold.cli.options import json_option

if TYPE_CHECKING:
    from scaffold.completion.place import Placement, Shell

SCHEMA = "scaffold/completion/1"


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.option("--install", "wish", flag_value="install", help="Put it where the shell looks for it.")
@click.option("--uninstall", "wish", flag_value="uninstall", help="Take away what --install wrote.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be written and do nothing.")
@json_option(SCHEMA)
def command(
    *, shell: Shell, wish: Literal["install", "uninstall"] | None, dry_run: bool, as_json: bool
) -> None:
    """Print a shell's completion script, or put it where the shell looks.

    It completes commands, options, templates, run configurations, environments, checks. Without
    --install nothing is written; no start-up file is ever edited:

        eval "$(scaffold completion bash)"
    """
    from scaffold.completion.place import plan_placement, put, script, take_away
    from scaffold.results import envelope
    from scaffold.system import HostSystem

    if wish is None:
        text = script(shell)
        click.echo(envelope(SCHEMA, shell=shell, script=text) if as_json else text, nl=as_json)
        return
    plan = plan_placement(HostSystem(), shell)
    if not dry_run:
        (put if wish == "install" else take_away)(plan)
    if as_json:
        fields = {"shell": shell, "file": plan.file, "reason": plan.reason, "found": plan.state}
        more = {"start_up": plan.start_up, "start_up_file": plan.start_up_file}
        click.echo(envelope(SCHEMA, action=wish, done=not dry_run, **fields, **more))
        return
    lines = _installed(plan, dry_run=dry_run) if wish == "install" else _removed(plan, dry_run=dry_run)
    click.echo("\n".join(lines))


def _installed(plan: Placement, *, dry_run: bool) -> list[str]:
    done = {
        "missing": ("Wrote", "Would write"),
        "older": ("Renewed", "Would renew"),
        "same": ("Already as it should be:", "Already as it should be:"),
    }[plan.state][dry_run]
    lines = [f"{done} {plan.file} ({plan.reason})."]
    if plan.start_up:
        lines += [
            f"Your shell finds it there once {plan.start_up_file} holds:", "",
            *(f"    {line}" for line in plan.start_up), "",
        ]  # fmt: skip
    return [*lines, "It works in the next shell that you open."]


def _removed(plan: Placement, *, dry_run: bool) -> list[str]:
    if plan.state == "missing":
        return [f"There is none: {plan.file}."]
    lines = [f"{'Would delete' if dry_run else 'Deleted'} {plan.file}."]
    if plan.start_up:
        lines += [f"If {plan.start_up_file} holds it, delete it there, too:  {plan.start_up[0]}"]
    return lines
