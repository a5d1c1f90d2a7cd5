"""Arguments, macros and files of variables that PyCharm reads otherwise than they were meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.ide.shown import EDIT_RUN, evidence, fixed_by_us
from scaffold.checks.model import Finding, Remedy
from scaffold.pycharm.mending.arguments import ARGUMENTS, double_quoted, is_unclosed, meant, single_quoted
from scaffold.pycharm.mending.runs import unsaid_folder
from scaffold.pycharm.reading.macros import interactive
from scaffold.pycharm.reading.parameters import parse
from scaffold.pycharm.survey.model import IdeFacts, Run


def quotes(facts: IdeFacts) -> Iterator[Finding]:
    """Arguments are quoted as PyCharm quotes: with double quotes, each of them closed."""
    yield from _single(facts)
    unclosed = list(_where(facts, is_unclosed))
    if unclosed:
        yield Finding(
            id="ide.unclosed-quote",
            level="warning",
            title="Arguments hold a double quote that is never closed",
            detail='all that follows is one argument; a quote behind a backslash (C:\\data\\") is a letter',
            cause="parameters-quoting",
            evidence=evidence(
                (run.place(option), _read_as(meant(option, run.option(option)))) for run, option in unclosed
            ),
            remedy=Remedy(text=f"close it, or write no backslash before it ({EDIT_RUN})"),
        )


def _single(facts: IdeFacts) -> Iterator[Finding]:
    single = list(_where(facts, lambda value: bool(single_quoted(value))))
    if not single:
        return
    curable = [
        run.file.changeable and not single_quoted(double_quoted(meant(option, run.option(option))))
        for run, option in single
    ]
    yield Finding(
        id="ide.single-quotes",
        level="warning",
        title="Arguments are quoted with single quotes, which PyCharm hands on as they are",
        detail="a shell takes them away; PyCharm does not, and splits what stands between them at blanks",
        cause="parameters-quoting",
        evidence=evidence(
            (run.place(option), _read_as(meant(option, run.option(option)))) for run, option in single
        ),
        remedy=fixed_by_us("write double quotes", curable, f"write double quotes ({EDIT_RUN})"),
    )


def _where(facts: IdeFacts, holds: Callable[[str], bool]) -> Iterator[tuple[Run, str]]:
    for run in facts.runs:
        if not run.temporary and run.configuration.kind is not None:
            yield from ((run, option) for option in ARGUMENTS if holds(meant(option, run.option(option))))


def _read_as(value: str) -> str:
    return " ".join(f"[{word}]" for word in parse(value))


def macros(facts: IdeFacts) -> Iterator[Finding]:
    """Run configurations that others get start without a question."""
    asking = [
        (run.place(option), macro)
        for run in facts.runs
        if run.file.shared and not run.template
        for option, value in run.configuration.options.items()
        for macro in interactive(value)
    ]
    if asking:
        yield Finding(
            id="ide.interactive-macro",
            level="info",
            title="Run configurations depend on what the editor shows at the moment",
            detail="only a running PyCharm can fill in their macros: neither a terminal nor CI starts them",
            cause="interactive-macro",
            evidence=evidence(asking),
            remedy=Remedy(text="nothing is to be done if that is what you want"),
        )


def working_folders(facts: IdeFacts) -> Iterator[Finding]:
    """Run configurations that others get say where they run."""
    unsaid = [run for run in facts.runs if unsaid_folder(run)]
    if unsaid:
        yield Finding(
            id="ide.working-directory",
            level="info",
            title="Run configurations do not say in which folder they run",
            detail="PyCharm takes the script's own folder; relative paths in arguments then begin there",
            cause="working-directory",
            evidence=evidence((run.place("WORKING_DIRECTORY"), run.name) for run in unsaid),
            remedy=fixed_by_us(
                "write the folder that PyCharm takes now",
                [run.file.changeable for run in unsaid],
                f"write the folder that PyCharm takes now ({EDIT_RUN})",
            ),
        )


def env_files(facts: IdeFacts) -> Iterator[Finding]:
    """One file of variables, or none: several are joined by the separator of one system."""
    for run in facts.runs:
        value = run.option("ENV_FILES")
        separator = next((one for one in (";", ":$") if one in value), "")
        if run.file.shared and separator:
            yield Finding(
                id="ide.env-files-joined",
                level="warning",
                title=f'Run configuration "{run.name}" names several files of variables, for one system',
                detail=f"PyCharm joins them by {separator[0]!r} on "
                f"{'Windows' if separator == ';' else 'Linux and macOS'}, and finds none of them on others",
                cause="env-files",
                evidence=evidence([(run.place("ENV_FILES"), value)]),
                remedy=Remedy(text="put them together into one file"),
            )
