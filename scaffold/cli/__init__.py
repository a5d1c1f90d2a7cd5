"""The command ``scaffold``: finds a command by its name, and is the only place that catches errors.

A command lives in ``scaffold/cli/<name>.py`` as the function ``command``. The table below holds the
one-line summaries, so that ``--help`` loads no command's module.
"""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

from scaffold import __version__
from scaffold.cli.lazy import LazyGroup
from scaffold.errors import ScaffoldError

#: Name -> one line for ``scaffold --help``; a test holds it against each command's own words.
COMMANDS = {
    "new": "Make a project: files, Python environment, PyCharm files, proof.",
    "update": "Bring a project up to its template's newest version, and lose nothing that you wrote.",
    "adopt": "Make a project that is there already one that scaffold looks after.",
    "run": "List or run a project's run configurations, as PyCharm would.",
    "doctor": "Say what is wrong with a project or this machine, and what cures it.",
    "env": "Make, lock, check and look after a project's Python environments.",
    "ide": "Make the IDE ready for a project: files, interpreter, checks, installation.",
    "detect": "Show what this machine is: processor, memory, accelerators, drivers.",
    "builds": "Say which builds of PyTorch, TensorFlow and JAX run on a machine, from where, and why.",
    "templates": "List the templates; show, check, open, export one, or begin one of your own.",
    "completion": "Print a shell's completion script, or put it where the shell looks.",
}


@click.group(
    cls=LazyGroup,
    package="scaffold.cli",
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with:  scaffold new cnn-project",
)
@click.version_option(__version__, "-V", "--version", message="scaffold %(version)s")
def scaffold() -> None:
    """From an empty folder to a trained and fine-tuned deep-learning model in PyCharm."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; every way out ends here, with an exit status and without a traceback."""
    if "_SCAFFOLD_COMPLETE" in os.environ:
        from scaffold.cli.completion.answers import answer

        answer(scaffold, os.environ)
        sys.exit(0)
    _accept_any_terminal()
    _stop_when_told()
    try:
        status = scaffold.main(args=arguments, prog_name="scaffold", standalone_mode=False)
    except click.ClickException as misuse:
        status = _refuse(misuse)
    except ScaffoldError as problem:
        status = _explain(problem)
    except (click.Abort, KeyboardInterrupt):
        status = _stopped()
    except OSError as problem:
        status = _output_failed(problem)
    except Exception as bug:  # noqa: BLE001 - the last net: a traceback that reaches a user is a bug
        from scaffold.cli.crash import report

        status = report(bug)
    sys.exit(status if isinstance(status, int) else 0)


def _refuse(misuse: click.ClickException) -> int:
    """A command line that click does not understand; in JSON where JSON was asked for."""
    from io import StringIO

    from scaffold.cli.errors import show, wants_json
    from scaffold.errors import BadRequest
    from scaffold.sources.redact import redact

    if wants_json():
        problem = BadRequest(misuse.format_message(), hint="scaffold --help", code="usage")
        return show(problem, status=misuse.exit_code)
    shown = StringIO()
    misuse.show(shown)
    click.echo(redact(shown.getvalue()), err=True, nl=False)
    return misuse.exit_code


def _stopped() -> int:
    """Ctrl-C, or a no to a question, before anything was changed."""
    from scaffold.cli.errors import show, wants_events
    from scaffold.errors import Interrupted

    if wants_events():
        return show(Interrupted("stopped: nothing was changed"))
    click.echo("\nStopped: nothing was changed.", err=True)
    return Interrupted.exit_status


def _output_failed(problem: OSError) -> int:
    """Standard output is a full disk or a closed device; anything else that the system refuses is our bug."""
    import errno

    if problem.errno not in (
        errno.ENOSPC,
        errno.EIO,
        errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC,
    ):
        from scaffold.cli.crash import report

        return report(problem)
    # What is still buffered cannot be written either: Python would say so again at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    click.echo(f"error[no-space]: the output cannot be written: {problem.strerror}", err=True)
    return 1


def _explain(problem: ScaffoldError) -> int:
    from scaffold.cli.errors import show

    return show(problem)


def _stop_when_told() -> None:
    """A polite kill (closed terminal, batch system, stop button) is a Ctrl-C: things are put back."""
    import signal

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        # Under nohup the hang-up is ignored, and must stay so for a training that we start.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _accept_any_terminal() -> None:
    """A terminal that cannot show a character shows a question mark instead of crashing us (gbk, ASCII)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
