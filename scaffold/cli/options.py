"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from scaffold.builds.model import Framework
    from scaffold.environments.model import Backend
    from scaffold.facts.model import Observed
    from scaffold.setup import Wishes

F = TypeVar("F", bound=Callable[..., Any])


def completer(what: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """What a shell offers for a parameter: a kind of `scaffold.cli.completion.values`."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        from scaffold.cli.completion.values import values

        return values(what, typed)

    return complete


def environment_options(function: F) -> F:
    """What decides about the environment: frameworks' Python, index, consent."""
    for decorator in reversed(
        (
            click.option(
                "--python",
                metavar="VERSION|PATH",
                shell_complete=completer("pythons"),
                help="Python to use, such as 3.12; chosen if not given.",
            ),
            click.option(
                "--index",
                default="auto",
                show_default=True,
                metavar="auto|pypi|MIRROR|URL|FOLDER",
                shell_complete=completer("mirrors"),
                help="Where packages come from: your configured index and PyTorch's own (auto), the former"
                " alone (pypi), a mirror by name, another index, or a folder of wheels.",
            ),
            click.option(
                "--allow-cuda", is_flag=True, help="Take a CUDA build on a machine without a GPU too."
            ),
            click.option(
                "--backend",
                type=click.Choice(["auto", "uv", "pip", "conda"]),
                default="auto",
                show_default=True,
                help="What makes the environment and installs; auto takes uv where it is there, else pip.",
            ),
            click.option(
                "--together/--apart",
                default=None,
                help="Make one environment, or another one for Keras where it gets the GPU only there."
                "  [default: as before, else --apart]",
            ),
            click.option("-y", "--yes", is_flag=True, help="Do not ask before the download."),
        )
    ):
        function = decorator(function)
    return function


def ide_option(function: F) -> F:
    """``--ide``, for what makes a project known."""
    return click.option(
        "--ide",
        type=click.Choice(["pycharm", "vscode", "both"]),
        default="pycharm",
        show_default=True,
        help="What the project is opened with; it is remembered, and scaffold env follows.",
    )(function)


def index_option(function: F) -> F:
    """``--index``, for commands that install what is pinned: no policy is left to choose."""
    return click.option(
        "--index",
        default="auto",
        show_default=True,
        metavar="auto|MIRROR|URL|FOLDER",
        shell_complete=completer("mirrors"),
        help="Where packages come from: your configured index (auto), a mirror by name, another index,"
        " or a folder of wheels.",
    )(function)


def source_options(function: F) -> F:
    """``--index`` and ``--python``."""
    python = click.option(
        "--python",
        metavar="VERSION|PATH",
        shell_complete=completer("pythons"),
        help="Python to use, such as 3.12; chosen if not given.",
    )
    return index_option(python(function))


def json_option(schema: str) -> Callable[[F], F]:
    """``--json``, with the schema that it follows."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print JSON (schema {schema}).")


def output_options(schema: str) -> Callable[[F], F]:
    """``--quiet``, ``--json`` and ``--json-lines``; the command gets one ``output`` (`cli.output.Output`).

    ``schema`` is that of its result.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(*args: Any, quiet: bool, as_json: bool, json_lines: bool, **rest: Any) -> Any:
            from scaffold.cli.output import output_of

            output = output_of(quiet=quiet, as_json=as_json, json_lines=json_lines)
            return function(*args, output=output, **rest)

        decorated = cast("F", command)
        for option in reversed(
            (
                click.option("-q", "--quiet", is_flag=True, help="Print errors and the result's line only."),
                json_option(schema),
                click.option(
                    "--json-lines",
                    is_flag=True,
                    help="Print a JSON object a line as things happen (schema scaffold/events/1).",
                ),
            )
        ):
            decorated = option(decorated)
        return decorated

    return decorate


def facts_option(function: F) -> F:
    """``--facts``, the same for every command that can look at a machine that is told instead of this one."""
    return click.option(
        "--facts",
        metavar="FILE",
        shell_complete=completer("files"),
        help="Look at the machine that FILE tells of instead of this one: what detect --save or"
        " detect --json wrote, or a description; FILE#ID of several, - for standard input.",
    )(function)


def told_lines(observed: Observed, location: str) -> list[str]:
    """Which machine is meant, and what was odd about its description."""
    from scaffold.cli.text import row

    where = "standard input" if location == "-" else location
    about = f": {observed.about}" if observed.about and not where.endswith(f"#{observed.about}") else ""
    return [row("Told by", f"{where}{about}"), *(row("Assumed", note) for note in observed.notes)]


def retold(context: click.Context, *, less: tuple[str, ...]) -> list[str]:
    """The options that stand on the command line, as they could be typed again, but those named ``less``.

    Credentials in an address do not come back.
    """
    from click.core import ParameterSource

    from scaffold.sources.redact import redact

    words: list[str] = []
    for option in context.command.params:
        name = option.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not given or name in less or not isinstance(option, click.Option):
            continue
        value = context.params[name]
        if option.is_flag:
            words.append(
                (option.secondary_opts if value is False and option.secondary_opts else option.opts)[-1]
            )
            continue
        for one in value if option.multiple else (value,):
            words += [option.opts[-1], redact(str(one))]
    return words


def frameworks_of(choice: str | None) -> tuple[Framework, ...]:
    """``both`` and None: all that the template has, as an empty tuple."""
    chosen: dict[str | None, tuple[Framework, ...]] = {"pytorch": ("pytorch",), "keras": ("keras",)}
    return chosen.get(choice, ())


def wishes_of(
    *,
    frameworks: tuple[Framework, ...] = (),
    python: str | None,
    index: str,
    allow_cuda: bool,
    backend: Backend,
    together: bool | None,
) -> Wishes:
    """What `environment_options` came to."""
    from scaffold.setup import Wishes

    return Wishes(
        frameworks=frameworks,
        python=python,
        index=index,
        allow_cuda=allow_cuda,
        backend=backend,
        together=together,
    )


def debug_options(function: F) -> F:
    """``--debug-check`` and what belongs to it: where it shall stop, how long it may take."""
    for decorator in (
        click.option(
            "--timeout",
            type=click.FloatRange(min=1),
            help="Seconds for --debug-check.  [default: 180]",
        ),
        click.option(
            "--break",
            "breaks",
            multiple=True,
            metavar="PLACE",
            help="Where --debug-check stops it: FILE:LINE, or a function's name.",
        ),
        click.option(
            "--debug-check", is_flag=True, help="Run it under PyCharm's debugger, with a breakpoint."
        ),
    ):
        function = decorator(function)
    return function
