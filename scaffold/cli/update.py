"""``scaffold update``: bring a project up to its template's newest version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import completer, output_options

if TYPE_CHECKING:
    from scaffold.cli.output import Output
    from scaffold.system import System
    from scaffold.threeway.engines import Engine
    from scaffold.update import UpdatePlan

SCHEMA = "scaffold/update/1"


@click.command(name="update")
@click.option(
    "--to",
    default="",
    metavar="VERSION",
    shell_complete=completer("versions"),
    help="Version of the template.  [default: the newest]",
)
@click.option(
    "--answers",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completer("answers"),
    help="Change an answer, such as frameworks=both or ide=vscode; may be given several times.",
)
@click.option("--diff", is_flag=True, help="Print what changes in each file, merged, as unified diffs.")
@click.option("--rej", is_flag=True, help="Put conflicts beside a file, into FILE.rej, not into it.")
@click.option("--allow-dirty", is_flag=True, help="Go on where git could not bring back what is there.")
@click.option("--trust", is_flag=True, help="Let a template of somebody else run its own code.")
@click.option("--undo", is_flag=True, help="Take the last update back; again: bring it again.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "-n", "--dry-run", is_flag=True, help="Show the plan and write nothing; exits as the update would."
)
@click.option("--engine", type=click.Choice(["auto", "git", "python"]), default="auto", hidden=True)
@output_options(SCHEMA)
def command(
    *,
    to: str,
    answers: tuple[str, ...],
    diff: bool,
    rej: bool,
    allow_dirty: bool,
    trust: bool,
    undo: bool,
    yes: bool,
    dry_run: bool,
    engine: Engine,
    output: Output,
) -> None:
    """Bring a project up to its template's newest version, and lose nothing that you wrote.

    What the template changed is merged into your files line by line. Where both of you changed the same
    lines, both versions are left in the file, marked, and the exit status is 1. Needs no git; where the
    project has it, everything should be committed first.
    """
    from contextlib import nullcontext

    from scaffold.cli.talk import Talk
    from scaffold.system import HostSystem
    from scaffold.update import UpdateRequest, plan_update, refuse_loose

    system, start = HostSystem(), Path.cwd()
    if undo:
        _refuse_beside_undo(
            to=to, answers=answers, diff=diff, rej=rej, allow_dirty=allow_dirty, trust=trust, dry_run=dry_run
        )
        _tell_pending(start, output)
        _undo(system, start, output, yes=yes)
        return
    if not dry_run:
        _recover(system, start, output, yes=yes)
    request = UpdateRequest(
        start=start,
        to=to,
        answers=_answers(answers),
        trust=trust,
        rehearse=dry_run,
        reject=rej,
        engine=engine,
    )
    plan = plan_update(system, request, Talk(system, nullcontext, yes=yes, asks=output.asks))
    if not (dry_run or allow_dirty):
        refuse_loose(plan)
    if dry_run or plan.is_current:
        _show(plan, output, diff=diff, done=plan.is_current)
    else:
        _update(system, plan, output, diff=diff, yes=yes)
    if plan.conflicts:
        click.get_current_context().exit(1)


def _update(system: System, plan: UpdatePlan, output: Output, *, diff: bool, yes: bool) -> None:
    from scaffold.cli.update_view import as_json, notices, plan_lines, report_lines, summary
    from scaffold.update import carry_out

    output.words(plan_lines(plan, diff=diff))
    if output.asks and system.interactive and not yes:
        click.confirm("Go on?", default=True, abort=True, err=True)
    report = carry_out(system, plan)
    document = as_json(SCHEMA, plan, done=True, notices=notices(report))
    output.result(document, report_lines(plan, report), summary=summary(plan, done=True))
    if plan.follow and not plan.conflicts and output.asks and system.interactive and not yes:
        _follow(plan)


def _show(plan: UpdatePlan, output: Output, *, diff: bool, done: bool) -> None:
    from scaffold.cli.update_view import as_json, plan_lines, summary

    lines = [*plan_lines(plan, diff=diff), summary(plan, done=done)]
    output.result(as_json(SCHEMA, plan, done=done), lines)


def _follow(plan: UpdatePlan) -> None:
    """The environment, where somebody at a terminal wants it now; its own command shows what that costs."""
    from importlib import import_module

    from scaffold.shell import line

    commands = " && ".join(line("scaffold", *words) for words in plan.follow)
    if not click.confirm(f"Make the environment follow now ({commands})?", default=True, err=True):
        return
    for _, name, *options in plan.follow:
        module = import_module(f"scaffold.cli.env.{name}")
        module.command.main(args=options, prog_name=f"scaffold env {name}", standalone_mode=False)


def _tell_pending(start: Path, output: Output) -> bool:
    """Nothing of an update that died is moved before it is told of what."""
    from scaffold.update import pending

    paths = pending(start)
    if not paths:
        return False
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    output.notice(f"an update was interrupted in the midst of {', '.join(map(str, paths[:3]))}{more}")
    return True


def _recover(system: System, start: Path, output: Output, *, yes: bool) -> None:
    from scaffold.cli.update_view import NOT_KEPT
    from scaffold.update import recover

    if _tell_pending(start, output) and output.asks and system.interactive and not yes:
        click.confirm("Bring it to its end?", default=True, abort=True, err=True)

    words = {
        "finished": "an update that was interrupted is finished now",
        "finished for good": f"an update that was interrupted is finished now; {NOT_KEPT}",
        "taken back": "an update that was interrupted is taken back: a file of it was changed since",
    }
    done = recover(start)
    if done in words:
        output.notice(words[done])


def _undo(system: System, start: Path, output: Output, *, yes: bool) -> None:
    from scaffold.cli.text import counted
    from scaffold.results import envelope
    from scaffold.update import undo

    if output.asks and system.interactive and not yes:
        click.confirm("Take the last update back?", default=True, abort=True, err=True)
    paths = undo(start)
    document = envelope(SCHEMA, done=True, undone=paths)
    shown = [f"  {path}" for path in paths]
    last = f"Taken back: {counted(len(paths), 'file')}; once more brings the update again"
    output.result(document, [*shown, last])


def _refuse_beside_undo(**given: object) -> None:
    from scaffold.errors import OptionRefused

    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if names:
        raise OptionRefused(
            f"--undo and {' and '.join(names)} do not go together",
            hint="--undo takes the last update back as a whole, and is itself taken back by --undo",
        )


def _answers(pairs: tuple[str, ...]) -> dict[str, str]:
    from scaffold.errors import OptionRefused

    wrong = [one for one in pairs if "=" not in one or one.startswith("=")]
    if wrong:
        raise OptionRefused(f"--answers {wrong[0]} names no value", hint="such as: --answers ide=vscode")
    return dict(one.split("=", 1) for one in pairs)
